/**
 * Maps a failed call to one sentence with the remedy and an exit code. Used by every client command. A message of the
 * server is such a sentence already; an error of the transport is translated here.
 */
import type { RpcFailure } from "../../client/index.ts";
import { CliError, EXIT } from "./cli-deps.ts";
import type { ExitCode } from "./cli-deps.ts";

const ELSEWHERE = "or set another address with --endpoint or PODKEY_ENDPOINT";

/** Errors of the transport; the first pattern that matches counts. */
const TRANSPORT: readonly (readonly [RegExp, (endpoint: string) => string, ExitCode])[] = [
  [
    /\bENOENT\b/,
    (endpoint) => `there is no socket at ${endpoint}; start podkey, ${ELSEWHERE}`,
    EXIT.unavailable,
  ],
  [
    /\bECONNREFUSED\b/,
    (endpoint) => `nothing listens at ${endpoint}; start podkey, ${ELSEWHERE}`,
    EXIT.unavailable,
  ],
  [
    /\b(?:EACCES|EPERM)\b/,
    (endpoint) =>
      `this user may not connect to ${endpoint}; run as a user or group with write permission on the socket, or start podkey with another --socket-mode`,
    EXIT.noPermission,
  ],
  [
    /\b(?:ENOTSOCK|EPROTOTYPE)\b/,
    (endpoint) => `${endpoint} is not a stream socket; start podkey there, ${ELSEWHERE}`,
    EXIT.usage,
  ],
  [
    /\b(?:ENOTFOUND|EAI_AGAIN)\b/,
    (endpoint) => `the host of ${endpoint} cannot be resolved; check the address, ${ELSEWHERE}`,
    EXIT.unavailable,
  ],
];

const CODES: Readonly<Partial<Record<RpcFailure["code"], ExitCode>>> = {
  INVALID_ARGUMENT: EXIT.usage,
  OUT_OF_RANGE: EXIT.usage,
  PERMISSION_DENIED: EXIT.noPermission,
  UNAUTHENTICATED: EXIT.noPermission,
  NOT_FOUND: EXIT.notFound,
  UNAVAILABLE: EXIT.unavailable,
  DEADLINE_EXCEEDED: EXIT.unavailable,
  ABORTED: EXIT.unavailable,
  RESOURCE_EXHAUSTED: EXIT.unavailable,
};

/** The error to end a command with. */
export function clientError(failure: RpcFailure, endpoint: string): CliError {
  const { sentence, exitCode } = explainFailure(failure, endpoint);
  return new CliError(sentence, exitCode);
}

/** Sentence and exit code, for a watch that goes on. */
export function explainFailure(
  failure: RpcFailure,
  endpoint: string,
): { sentence: string; exitCode: ExitCode } {
  const exitCode = CODES[failure.code] ?? EXIT.unexpected;
  if (failure.reason !== undefined)
    return { sentence: `${withoutStop(failure.message)} (${failure.reason})`, exitCode };
  if (failure.code === "DEADLINE_EXCEEDED")
    return {
      sentence: `podkey at ${endpoint} did not answer in time; check its log, or wait longer with --timeout`,
      exitCode,
    };
  if (failure.code === "UNIMPLEMENTED")
    return {
      sentence: `the server at ${endpoint} is not podkey or is an older version; check the address`,
      exitCode,
    };
  for (const [pattern, sentence, code] of TRANSPORT) {
    if (pattern.test(failure.message)) return { sentence: sentence(endpoint), exitCode: code };
  }
  return {
    sentence: `the call to ${endpoint} failed: ${withoutStop(failure.message)} (${failure.code})`,
    exitCode,
  };
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
