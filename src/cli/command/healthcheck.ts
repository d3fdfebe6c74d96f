/**
 * `podkey healthcheck`: calls grpc.health.v1.Health/Check once and exits with 0 or 1, for exec probes of pods without an
 * admin port. Sends a fixed request over HTTP/2, because loading a gRPC library costs more than the check.
 */
import { readFile } from "node:fs/promises";
import { connect as connectHttp2 } from "node:http2";
import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { connect as connectSocket } from "node:net";
import type { Command } from "commander";
import { BadEndpointError, DEFAULT_ENDPOINT, parseEndpoint } from "../../client/endpoint.ts";
import type { Endpoint } from "../../client/endpoint.ts";
import { parseDurationMs } from "../../core/time/duration.ts";
import { addExamples } from "../run/add-examples.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { CliError, EXIT } from "../run/cli-deps.ts";

/** A gRPC message: not compressed, length 0, that is HealthCheckRequest{service: ""}. */
const REQUEST = Buffer.from([0, 0, 0, 0, 0]);
/** HealthCheckResponse{status: SERVING}: field 1, varint 1, behind the 5 bytes of the frame. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);
const METHOD = "/grpc.health.v1.Health/Check";

/** Codes of gRPC that a health check can get. */
const STATUS_NAMES: Readonly<Record<string, string>> = {
  "7": "PERMISSION_DENIED",
  "8": "RESOURCE_EXHAUSTED",
  "12": "UNIMPLEMENTED",
  "14": "UNAVAILABLE",
  "16": "UNAUTHENTICATED",
};

const ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "there is no socket; start podkey, or set another address with --endpoint",
  ECONNREFUSED: "nothing listens there; start podkey, or set another address with --endpoint",
  EACCES: "this user may not connect; run as a user or group with write permission on the socket",
};

/** Adds the command. */
export function registerHealthcheckCommand(program: Command, deps: CliDeps): void {
  const command = program
    .command("healthcheck")
    .description("exit with 0 if podkey has synced and serves, else with 1; for exec probes")
    .option("--endpoint <address>", `where podkey listens (PODKEY_ENDPOINT; default ${DEFAULT_ENDPOINT})`)
    .option("--timeout <duration>", "how long to wait for the answer", "1s");
  addExamples(command, [
    ["exit with 0 if podkey serves", "healthcheck"],
    ["check a TCP listener, and wait up to 5 s", "healthcheck --endpoint 127.0.0.1:9443 --timeout 5s"],
  ]);
  command.action(async () => {
    const flags = command.opts<{ readonly endpoint?: string; readonly timeout: string }>();
    const trouble = await checkHealth(flags, deps.env);
    if (trouble !== undefined) throw new CliError(trouble, EXIT.unexpected);
  });
}

/** Undefined if the status is SERVING; else the reason in one sentence. */
async function checkHealth(
  flags: { readonly endpoint?: string; readonly timeout: string },
  env: CliDeps["env"],
): Promise<string | undefined> {
  const timeoutMs = parseDurationMs(flags.timeout);
  if (timeoutMs === undefined || timeoutMs <= 0)
    return `--timeout ${flags.timeout} is not a valid duration; write it like 1s`;
  const address = flags.endpoint ?? (env["PODKEY_ENDPOINT"] || DEFAULT_ENDPOINT);
  const tokenFile = env["PODKEY_TOKEN_FILE"] ?? "";
  let token: string | undefined;
  try {
    token = tokenFile === "" ? undefined : (await readFile(tokenFile, "utf8")).trim();
  } catch (error) {
    return `the token file ${tokenFile} cannot be read (${codeOf(error)}); check PODKEY_TOKEN_FILE`;
  }
  try {
    const answer = await ask(parseEndpoint(address), token, timeoutMs);
    return explain(answer, address, tokenFile);
  } catch (error) {
    if (error instanceof BadEndpointError) return error.message;
    const code = codeOf(error);
    if (code === "goaway" && error instanceof Error)
      return `podkey at ${address} refuses the check: ${error.message}`;
    const reason =
      code === "timeout"
        ? `no answer within ${flags.timeout}; check its log, or wait longer with --timeout`
        : `${ERRORS[code] ?? "the connection failed"} (${code})`;
    return `podkey at ${address} does not answer: ${reason}`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "closed";
}

interface Answer {
  readonly body: Buffer;
  /** The head of the answer and its trailers: a gRPC status without a message is in the head. */
  readonly headers: IncomingHttpHeaders;
}

function explain({ body, headers }: Answer, address: string, tokenFile: string): string | undefined {
  if (body.equals(SERVING)) return undefined;
  const status = String(headers["grpc-status"] ?? "");
  if (status === "0")
    return `podkey at ${address} is not serving: it has not synced yet, or it is shutting down`;
  if (status === "16") {
    const remedy =
      tokenFile === ""
        ? "set PODKEY_TOKEN_FILE to the token file of this listener"
        : `the token in ${tokenFile} (PODKEY_TOKEN_FILE) is not the token of this listener`;
    return `podkey at ${address} refuses the check (UNAUTHENTICATED): ${remedy}`;
  }
  if (status === "")
    return `the server at ${address} is not podkey: it does not speak gRPC; check the address`;
  const message = decodeURIComponent(
    String(headers["grpc-message"] ?? "").replaceAll(/%(?![0-9a-f]{2})/gi, "%25"),
  );
  return `podkey at ${address} refuses the check (${STATUS_NAMES[status] ?? `gRPC status ${status}`})${message === "" ? "" : `: ${message}`}`;
}

function ask(endpoint: Endpoint, token: string | undefined, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = openSession(endpoint);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      session.destroy();
      settle();
    };
    const fail = (error: Error): void => finish(() => reject(error));
    const timeout = Object.assign(new Error("timeout"), { code: "timeout" });
    const timer = setTimeout(() => fail(timeout), timeoutMs);
    session.on("error", fail);
    // podkey says here why it refuses a peer.
    session.on("goaway", (_code, _lastStream, data?: Buffer) => {
      if (data !== undefined && data.length > 0)
        fail(Object.assign(new Error(data.toString()), { code: "goaway" }));
    });
    const sent: OutgoingHttpHeaders = {
      ":method": "POST",
      ":path": METHOD,
      // Node makes "::1:PORT" of an IPv6 address, without the brackets of RFC 3986.
      ":authority": endpoint.socketPath === undefined ? endpoint.target : "localhost",
      "content-type": "application/grpc",
      te: "trailers",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const stream = session.request(sent);
    const chunks: Buffer[] = [];
    let headers: IncomingHttpHeaders = {};
    const take = (received: IncomingHttpHeaders): void => void (headers = { ...headers, ...received });
    stream.on("response", take);
    stream.on("trailers", take);
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    // The error of the session follows and has the reason.
    stream.on("error", () => undefined);
    stream.on("close", () => setImmediate(fail, new Error("closed")));
    stream.on("end", () => finish(() => resolve({ body: Buffer.concat(chunks), headers })));
    stream.end(REQUEST);
  });
}

function openSession({ target, socketPath }: Endpoint): ClientHttp2Session {
  if (socketPath === undefined) return connectHttp2(`http://${target}`);
  return connectHttp2("http://localhost", { createConnection: () => connectSocket(socketPath) });
}
