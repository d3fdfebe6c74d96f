/** An endpoint of the RPC contract in this process, over a Unix socket or TCP. */
import { credential } from "../../support/core/credentials.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import type { PlainSecret, RpcEndpoint } from "./rpc-endpoint.ts";

/** Opens a lab as an endpoint. `changesPerSecond`: how often a credential changes that no test uses. */
export async function inProcess(options: {
  readonly transport: "unix" | "tcp";
  readonly changesPerSecond: number;
}): Promise<RpcEndpoint> {
  const lab = await RpcLab.start(
    options.transport === "unix"
      ? {}
      : {
          endpoints: ({ view }) => [
            { consumer: view, listen: { kind: "tcp", host: "127.0.0.1", port: 0 }, socketMode: 0 },
          ],
        },
  );
  lab.view.sync([]);
  let version = 1;
  const held = new Map<string, string>();
  const put = ({ name, data, labels = {}, type = "Opaque" }: PlainSecret): void => {
    version += 1;
    const uid = held.get(name) ?? `uid-${name}-${String(version)}`;
    held.set(name, uid);
    lab.view.change([credential(name, { uid, data, labels, type, resourceVersion: String(version) })]);
  };
  const noise =
    options.changesPerSecond === 0
      ? undefined
      : setInterval(() => {
          for (let at = 0; at < options.changesPerSecond / 100; at += 1)
            put({ name: "noise", data: { n: String(version) } });
        }, 10);
  return {
    client: () => lab.client(addressOf(lab)),
    put: (secret) => {
      put(secret);
      return Promise.resolve();
    },
    remove: (name) => {
      held.delete(name);
      lab.view.change([], [name]);
      return Promise.resolve();
    },
    close: () => {
      clearInterval(noise);
      return lab.close();
    },
  };
}

function addressOf(lab: RpcLab): string {
  const address = lab.server.listeners()[0]?.address;
  return address?.kind === "tcp" ? `${address.host}:${String(address.port)}` : `unix:${lab.socket}`;
}
