/**
 * The two calls that most apps need: `credential()`, the newest value at any time, and `watch()`, the same as a loop.
 * Both find podkey by PODKEY_ENDPOINT and share one connection.
 */
import type { WatchRequest } from "./generated/podkey/v1/WatchRequest.ts";
import { followCredentials } from "./follow-credentials.ts";
import type { HeldCredential } from "./held-credential.ts";
import { LiveCredential } from "./live-credential.ts";
import type { ConnectOptions } from "./shared-connection.ts";
import { shareConnection } from "./shared-connection.ts";

/** Which credential, of what shape. */
export interface CredentialOptions<Key extends string> extends ConnectOptions {
  /** The keys that the app needs; without one of them the credential counts as not there. Default: whatever there is. */
  readonly keys?: readonly Key[] | undefined;
  /** Needed where podkey serves several namespaces. */
  readonly namespace?: string | undefined;
  /** Closes it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Follows one credential from now on, in the background, until it is closed; podkey need not be there yet.
 * `credential("db-main", { keys: ["username", "password"] })` has these keys, by type and in fact. @throws BadEndpointError.
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

/** As an EventTarget does with what a listener throws. */
function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * The newest of one credential, then each newer one; undefined where it is gone. A slow loop skips what is outdated by
 * then. Ends with the loop or by the signal. @throws BadEndpointError; RpcFailure where podkey refuses it.
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
