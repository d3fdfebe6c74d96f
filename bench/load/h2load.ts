/**
 * Unary load by h2load (Debian package nghttp2-client): real gRPC calls over a Unix socket at a small cost to the machine. A
 * client on grpc-js costs five to eight times what the server costs, so it is not used as a load generator.
 */
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quantile } from "../median.ts";

/** One load. */
export interface Load {
  readonly socketPath: string;
  /** `/package.Service/Method`. */
  readonly path: string;
  /** The gRPC frame to send: five bytes of prefix and the message. */
  readonly frame: Uint8Array;
  readonly connections: number;
  /** Calls in flight on each connection. */
  readonly inFlight: number;
  readonly seconds: number;
  /** Folder for the request and the log of latencies. */
  readonly folder: string;
}

/** The result of a load. */
export interface LoadResult {
  readonly callsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly bytesPerCall: number;
}

/**
 * Runs the load to its end.
 * @throws Error if h2load is missing, a call failed, or no call was made.
 */
export async function h2load(load: Load): Promise<LoadResult> {
  const request = join(load.folder, "request.bin");
  const log = join(load.folder, "latency.log");
  await writeFile(request, load.frame);
  await writeFile(log, "");
  const output = await runH2load([
    ...["-D", String(load.seconds), "--warm-up-time", "0", "-t", "1"],
    ...["-c", String(load.connections), "-m", String(load.inFlight)],
    ...["-d", request, "-H", "content-type: application/grpc", "-H", "te: trailers"],
    ...["--log-file", log, "-B", `unix:${load.socketPath}`, `http://localhost${load.path}`],
  ]);
  return resultOf(output, log);
}

/** GET requests over one TLS connection, for the comparison with an API server. */
export async function h2get(get: {
  readonly url: string;
  readonly token: string;
  readonly inFlight: number;
  readonly seconds: number;
  readonly folder: string;
}): Promise<LoadResult> {
  const log = join(get.folder, "latency.log");
  await writeFile(log, "");
  const output = await runH2load([
    ...["-D", String(get.seconds), "--warm-up-time", "0", "-t", "1", "-c", "1", "-m", String(get.inFlight)],
    ...["-H", `authorization: Bearer ${get.token}`, "--log-file", log, get.url],
  ]);
  return resultOf(output, log);
}

async function resultOf(output: string, log: string): Promise<LoadResult> {
  const failed = Number(/(\d+) failed/.exec(output)?.[1] ?? NaN);
  const total = Number(/requests: (\d+) total/.exec(output)?.[1] ?? NaN);
  const bytes = Number(/traffic: [^(]*\((\d+)\) total/.exec(output)?.[1] ?? NaN);
  const callsPerSecond = Number(/finished in [^,]*, ([\d.]+) req\/s/.exec(output)?.[1] ?? NaN);
  if (failed !== 0 || !(total > 0)) throw new Error(`h2load had failed calls or none:\n${output}`);
  const latencies = (await readFile(log, "utf8"))
    .split("\n")
    .map((line) => Number(line.split("\t")[2]))
    .filter((us) => us > 0);
  return {
    callsPerSecond,
    p50Us: quantile(latencies, 0.5),
    p99Us: quantile(latencies, 0.99),
    bytesPerCall: bytes / total,
  };
}

function runH2load(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("h2load", args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", () => {
      reject(new Error("h2load cannot be started: install it (Debian: apt-get install nghttp2-client)."));
    });
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`h2load ended with ${String(code)}.`));
    });
  });
}
