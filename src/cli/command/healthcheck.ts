/**
 * `podkey healthcheck`: calls grpc.health.v1.Health/Check once and exits with 0 or 1, for exec probes of pods without an
 * admin port. Sends a fixed request over HTTP/2, because loading a gRPC library costs more than the check.
 */
import { readFile } from "node:fs/promises";
import { connect as connectHttp2 } from "node:http2";
import type { ClientHttp2Session, OutgoingHttpHeaders } from "node:http2";
import { connect as connectSocket } from "node:net";
import type { Command } from "commander";
import { DEFAULT_ENDPOINT, parseEndpoint } from "../../client/endpoint.ts";
import type { Endpoint } from "../../client/endpoint.ts";
import { parseDurationMs } from "../../core/time/duration.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { addExamples } from "../run/add-examples.ts";
import { CliError, EXIT } from "../run/cli-deps.ts";

/** A gRPC message: not compressed, length 0, that is HealthCheckRequest{service: ""}. */
const REQUEST = Buffer.from([0, 0, 0, 0, 0]);
/** HealthCheckResponse{status: SERVING}: field 1, varint 1, behind the 5 bytes of the frame. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);
const METHOD = "/grpc.health.v1.Health/Check";

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
  try {
    const token = tokenFile === "" ? undefined : (await readFile(tokenFile, "utf8")).trim();
    const answer = await ask(parseEndpoint(address), token, timeoutMs);
    return answer.equals(SERVING) ? undefined : `podkey at ${address} is not serving yet, or drains`;
  } catch (error) {
    if (error instanceof Error && error.name === "BadEndpointError") return error.message;
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer in time";
    return `podkey at ${address} does not answer (${code})`;
  }
}

function ask(endpoint: Endpoint, token: string | undefined, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const session = openSession(endpoint);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      session.destroy();
      settle();
    };
    const fail = (error: Error): void => finish(() => reject(error));
    const timer = setTimeout(() => fail(new Error("timeout")), timeoutMs);
    session.on("error", fail);
    const headers: OutgoingHttpHeaders = {
      ":method": "POST",
      ":path": METHOD,
      "content-type": "application/grpc",
      te: "trailers",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const stream = session.request(headers);
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    // The error of the session follows and has the reason.
    stream.on("error", () => undefined);
    stream.on("close", () => setImmediate(fail, new Error("closed")));
    stream.on("end", () => finish(() => resolve(Buffer.concat(chunks))));
    stream.end(REQUEST);
  });
}

function openSession({ target, socketPath }: Endpoint): ClientHttp2Session {
  if (socketPath === undefined) return connectHttp2(`http://${target}`);
  return connectHttp2("http://localhost", { createConnection: () => connectSocket(socketPath) });
}
