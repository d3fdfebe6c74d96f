/**
 * Opens one connection to the API server: TCP (or a proxy's tunnel), then TLS with ALPN, each with a time limit. Called
 * by connection-pool.ts. If the certificate is not trusted, it reads the CA bundle again and retries once, so that a
 * rotation of the cluster's CA costs no backoff.
 */
import type { Socket } from "node:net";
import { isIP } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { checkServerIdentity, connect as tlsConnect } from "node:tls";
import type { Clock, Timers } from "../../../core/time/clock.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { classifyNodeError } from "../failure/classify-node-error.ts";
import type { TlsMaterial } from "../target/credentials.ts";
import type { KubeMetrics } from "./kube-metrics.ts";
import type { KubeParameters } from "../target/parameters.ts";
import { bareHost } from "../target/proxy-rules.ts";
import type { Target } from "../target/target.ts";
import { openTunnel } from "./tunnel.ts";
import { within } from "./within.ts";

export interface DialDeps {
  readonly target: Target;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: KubeMetrics;
  readonly parameters: KubeParameters;
}

/** An open connection and the protocol that the server selected. */
export interface Dialed {
  readonly socket: Socket;
  readonly protocol: "h2" | "http/1.1";
  /** The material it was opened with; undefined for http. */
  readonly material: TlsMaterial | undefined;
}

/** Rejects with a SyncError: unreachable, tls, configuration, unauthorized. */
export async function dial(deps: DialDeps): Promise<Dialed> {
  const { server, credentials } = deps.target;
  if (server.protocol === "http:")
    return { socket: await tunnel(deps), protocol: "http/1.1", material: undefined };
  try {
    return await dialTls(deps, await credentials.tls());
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== "tls" || !(await credentials.renew())) throw error;
    deps.metrics.retry("ca");
    return dialTls(deps, await credentials.tls());
  }
}

function tunnel(deps: DialDeps): Promise<Socket> {
  const { server, proxy } = deps.target;
  const abort = new AbortController();
  const { connectTimeoutMs } = deps.parameters;
  return within(deps, openTunnel({ server, proxy, parameters: deps.parameters, signal: abort.signal }), {
    limitMs: connectTimeoutMs,
    late: new SyncError(
      "unreachable",
      `No connection to ${server.host} within ${String(connectTimeoutMs)} ms; check the network between podkey and the API server.`,
    ),
    abandon: () => {
      abort.abort();
    },
  });
}

async function dialTls(deps: DialDeps, material: TlsMaterial): Promise<Dialed> {
  const { server } = deps.target;
  const raw = await tunnel(deps);
  const socket = startTls(raw, server, material);
  const { tlsTimeoutMs } = deps.parameters;
  await within(deps, secured(socket, server), {
    limitMs: tlsTimeoutMs,
    late: new SyncError(
      "tls",
      `The TLS handshake with ${server.host} did not end within ${String(tlsTimeoutMs)} ms.`,
    ),
    abandon: () => {
      socket.destroy();
    },
  });
  return { socket, protocol: socket.alpnProtocol === "h2" ? "h2" : "http/1.1", material };
}

function startTls(raw: Socket, server: URL, material: TlsMaterial): TLSSocket {
  const host = bareHost(server.hostname);
  const options: ConnectionOptions = {
    socket: raw,
    host,
    ALPNProtocols: ["h2", "http/1.1"],
    minVersion: "TLSv1.2",
    rejectUnauthorized: !material.insecure,
    ...(material.ca === undefined ? {} : { ca: material.ca }),
    ...(material.cert === undefined ? {} : { cert: material.cert }),
    ...(material.key === undefined ? {} : { key: material.key }),
  };
  const name = material.serverName ?? host;
  try {
    // SNI does not allow addresses, so the name to verify is set without it.
    return tlsConnect(
      isIP(name) === 0
        ? { ...options, servername: name }
        : { ...options, checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate) },
    );
  } catch (error) {
    // OpenSSL's errors about a client certificate or key are thrown, not emitted.
    raw.destroy();
    throw classifyNodeError(error, server.host);
  }
}

function secured(socket: TLSSocket, server: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      socket.destroy();
      reject(classifyNodeError(error, server.host));
    };
    socket.once("error", onError);
    socket.once("secureConnect", () => {
      socket.off("error", onError);
      resolve();
    });
  });
}
