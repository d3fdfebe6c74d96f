/**
 * The two calls that most apps need: `credential()`, the newest value at any time, and `watch()`, the same as a loop. Both
 * read PODKEY_ENDPOINT and share one connection.
 */
import type { WatchRequest } from "./generated/podkey/v1/WatchRequest.ts";
import { followCredentials } from "./follow-credentials.ts";
import type { HeldCredential } from "./held-credential.ts";
import { LiveCredential } from "./live-credential.ts";
import type { ConnectOptions } from "./shared-connection.ts";
import { shareConnection } from "./shared-connection.ts";

/** Options of `credential()` and `watch()`. */
export interface CredentialOptions<Key extends string> extends ConnectOptions {
  /** The keys that the app needs; a credential that lacks one of them counts as missing. Default: no key is required. */
  readonly keys?: readonly Key[] | undefined;
  /** Required if podkey serves several namespaces. */
  readonly namespace?: string | undefined;
  /** Closes it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Follows one credential in the background until it is closed; podkey may start later.
 * `credential("db-main", { keys: ["username", "password"] })` always has these keys, and its type says so.
 * @throws BadEndpointError.
 */
export function credential<const Key extends string = string>(
  name: string,
  { keys = [], namespace = "", signal, ...connect }: CredentialOptions<Key> = {},
): LiveCredential<Key> {
  const { client, release } = shareConnection(connect);
  const request: WatchRequest = { namespace, names: [name], view: "VIEW_FULL" };
  return new LiveCredential<Key>(name, {
    follow: (ending) =>
      followCredentials(client, request, {
        signal: signal === undefined ? ending : AbortSignal.any([ending, signal]),
      }),
    keys,
    release,
    report: throwUncaught,
  });
}

/** Reports an error of a listener as an uncaught exception, as EventTarget does. */
function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * Yields the newest state of one credential, then each newer one; undefined after it was removed. A slow loop skips
 * outdated states. Ends with the loop or by the signal. @throws BadEndpointError; RpcFailure if podkey refuses the request.
 */
export async function* watch<const Key extends string = string>(
  name: string,
  options: CredentialOptions<Key> = {},
): AsyncGenerator<HeldCredential<Key> | undefined, void, undefined> {
  const live = credential(name, options);
  try {
    yield* live.changes({ signal: options.signal });
  } finally {
    live.close();
  }
}
