/** An endpoint of the RPC contract: podkey in its own process, with a folder of manifests as source. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { PlainSecret, RpcEndpoint } from "../../contract/rpc/rpc-endpoint.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import { openClient } from "../../support/rpc/client.ts";
import type { RpcClient } from "../../support/rpc/client.ts";

/** Starts `podkey serve` and resolves when it is ready. `program`: the file that Node runs. */
export async function programEndpoint(program: string): Promise<RpcEndpoint> {
  const folder = mkdtempSync(join(tmpdir(), "podkey-program-"));
  const manifests = join(folder, "manifests");
  mkdirSync(manifests);
  const socket = `unix:${join(folder, "podkey.sock")}`;
  const source = ["--source", "manifests", "--manifests", manifests, "--namespace", "shop"];
  const podkey = new RunningPodkey(
    ["serve", ...source, "--listen", socket, "--admin", "none", "--log-format", "json"],
    { program },
  );
  await podkey.logged("app_ready");
  const clients: RpcClient[] = [];
  const open = (): RpcClient => {
    const client = openClient(socket);
    clients.push(client);
    return client;
  };
  const witness = open();
  let made = 0;
  const uids = new Map<string, string>();
  return {
    client: open,
    put: async (secret) => {
      made += 1;
      const uid = uids.get(secret.name) ?? `uid-${String(made)}`;
      uids.set(secret.name, uid);
      const mark = `mark-${String(made)}`;
      writeWhole(join(manifests, `${secret.name}.yaml`), manifestOf(secret, uid, mark));
      await until(witness, secret.name, mark);
    },
    remove: async (name) => {
      uids.delete(name);
      rmSync(join(manifests, `${name}.yaml`));
      await until(witness, name, undefined);
    },
    close: async () => {
      for (const client of clients) client.close();
      podkey.kill("SIGTERM");
      const { code, stderr } = await podkey.ended();
      rmSync(folder, { recursive: true });
      if (code !== 0) throw new Error(`podkey ended with ${String(code)}: ${stderr}`);
    },
  };
}

/** Replaces the file by a rename, as editors do, so that podkey never reads half of it. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function manifestOf({ name, data, labels = {}, type }: PlainSecret, uid: string, mark: string): string {
  // The mark differs in each version, even if all else is equal.
  const annotations = { "podkey.dev/description": mark };
  return stringify({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: "shop", uid, labels, annotations },
    ...(type !== undefined && { type }),
    stringData: data,
  });
}

/** Waits on its own Watch until the credential has the mark or is removed. */
async function until(client: RpcClient, name: string, mark: string | undefined): Promise<void> {
  const reader = client.watch({ names: [name] });
  let now: string | undefined;
  await reader.until(({ event, item, change }) => {
    const found = item ?? change?.changed[0];
    if (found !== undefined) now = found.annotations["podkey.dev/description"];
    if (change?.removed.length === 1) now = undefined;
    return (event === "synced" || event === "change") && now === mark;
  });
  reader.call.cancel();
}
