/** Opens the connection below TLS: directly to the API server, or by CONNECT through an HTTP proxy. Called by dial.ts. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { classifyNodeError } from "../failure/classify-node-error.ts";
import type { KubeParameters } from "../target/parameters.ts";
import { bareHost } from "../target/proxy-rules.ts";

export interface TunnelDeps {
  readonly server: URL;
  readonly proxy: URL | undefined;
  readonly parameters: KubeParameters;
  readonly signal: AbortSignal;
}

/** The port of a URL, or the default of its protocol. */
function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

/** Rejects with a SyncError. The caller sets the time limit. */
export function openTunnel(deps: TunnelDeps): Promise<Socket> {
  return deps.proxy === undefined ? openDirect(deps) : openThroughProxy(deps, deps.proxy);
}

function openDirect({ server, parameters, signal }: TunnelDeps): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: bareHost(server.hostname),
      port: portOf(server),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: parameters.tcpKeepAliveMs,
      signal,
    });
    const onError = (error: Error): void => {
      reject(classifyNodeError(error, server.host));
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      socket.off("error", onError);
      resolve(socket);
    });
  });
}

function openThroughProxy({ server, parameters, signal }: TunnelDeps, proxy: URL): Promise<Socket> {
  const authority = `${server.hostname}:${String(portOf(server))}`;
  const options = {
    method: "CONNECT",
    host: bareHost(proxy.hostname),
    port: portOf(proxy),
    path: authority,
    headers: { host: authority, ...proxyAuthorization(proxy) },
    agent: false as const,
    signal,
  };
  return new Promise((resolve, reject) => {
    const ask = proxy.protocol === "https:" ? httpsRequest(options) : httpRequest(options);
    ask.once("error", (error) => {
      reject(classifyNodeError(error, `${server.host} through the proxy ${proxy.host}`));
    });
    const refuse = (status: number | undefined, socket: Socket): void => {
      socket.destroy();
      const remedy = status === 407 ? "add user and password to the proxy's URL" : "check the proxy's rules";
      const message = `The proxy ${proxy.host} answered ${String(status)} to CONNECT ${authority}; ${remedy}, or set NO_PROXY.`;
      // With a 5xx the proxy reports that the server is unreachable; other statuses come from the proxy's rules.
      reject(new SyncError((status ?? 0) >= 500 ? "unreachable" : "configuration", message));
    };
    ask.once("response", (response) => {
      refuse(response.statusCode, response.socket);
    });
    ask.once("connect", (response, socket: Socket, head) => {
      if (response.statusCode !== 200) {
        refuse(response.statusCode, socket);
        return;
      }
      socket.setNoDelay(true);
      socket.setKeepAlive(true, parameters.tcpKeepAliveMs);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    ask.end();
  });
}

function proxyAuthorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === "") return {};
  const userInfo = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(userInfo).toString("base64")}` };
}
