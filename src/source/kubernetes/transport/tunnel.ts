/**
 * Opens the connection below TLS: directly to the API server, by CONNECT through an HTTP proxy, or through a SOCKS5
 * proxy. Called by dial.ts.
 */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { classifyNodeError } from "../failure/classify-node-error.ts";
import type { KubeParameters } from "../target/parameters.ts";
import { bareHost } from "../target/proxy-rules.ts";
import { requestSocks5 } from "./socks5.ts";

export interface TunnelDeps {
  readonly server: URL;
  readonly proxy: URL | undefined;
  readonly parameters: KubeParameters;
  readonly signal: AbortSignal;
}

/** The port of a URL, or the default of its protocol. */
function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : url.protocol === "http:" ? 80 : 1080;
}

/** Rejects with a SyncError. The caller sets the time limit. */
export function openTunnel(deps: TunnelDeps): Promise<Socket> {
  const { proxy, server } = deps;
  if (proxy === undefined) return openSocket(deps, server, server.host);
  return proxy.protocol.startsWith("socks5") ? openThroughSocks5(deps, proxy) : openThroughHttp(deps, proxy);
}

async function openThroughSocks5(deps: TunnelDeps, proxy: URL): Promise<Socket> {
  const { server } = deps;
  const socket = await openSocket(deps, proxy, `${server.host} through the proxy ${proxy.host}`);
  try {
    await requestSocks5(socket, proxy, { host: server.hostname, port: portOf(server) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw classifyNodeError(error, `${server.host} through the proxy ${proxy.host}`);
  }
}

/** @param where the address for messages. */
function openSocket({ parameters, signal }: TunnelDeps, to: URL, where: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: bareHost(to.hostname),
      port: portOf(to),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: parameters.tcpKeepAliveMs,
      signal,
    });
    const onError = (error: Error): void => {
      reject(classifyNodeError(error, where));
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      socket.off("error", onError);
      resolve(socket);
    });
  });
}

function openThroughHttp({ server, parameters, signal }: TunnelDeps, proxy: URL): Promise<Socket> {
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
