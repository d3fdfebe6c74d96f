/**
 * Resume tokens of Watch: the revision of a client's state, bound to its filters. Opening a token decides how the stream
 * starts.
 */
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Filter } from "../request/filter.ts";
import type { TokenSeal } from "../request/sealed-token.ts";

/** Why a stream starts with a reset. */
export type ResetReason = "INITIAL" | "EPOCH_CHANGED" | "COMPACTED" | "REQUEST_CHANGED" | "POLICY_CHANGED";

/** How a stream starts. */
export type WatchStart =
  | { readonly kind: "reset"; readonly reason: ResetReason }
  /** Send what changed after this revision. */
  | { readonly kind: "resume"; readonly after: number };

/** The token for a message after which the client's state is this revision. */
export function sealResumeToken(seal: TokenSeal, filter: Filter, revision: number): string {
  const payload = Buffer.allocUnsafe(22);
  payload.writeUIntBE(revision, 0, 6);
  filter.fingerprint.copy(payload, 6);
  return seal.seal("resume", payload);
}

/**
 * How a stream with this token starts. `compactedBelow` is the view's: removals before that revision are forgotten.
 * @throws PodkeyError BAD_RESUME_TOKEN if podkey did not issue the token.
 */
export function openResumeToken(
  seal: TokenSeal,
  token: string,
  filter: Filter,
  compactedBelow: number,
): WatchStart {
  if (token === "") return { kind: "reset", reason: "INITIAL" };
  const opened = seal.open("resume", token);
  if (opened.kind === "foreign") return { kind: "reset", reason: "EPOCH_CHANGED" };
  if (opened.kind === "garbage" || opened.payload.length !== 22) throw badToken();
  const after = opened.payload.readUIntBE(0, 6);
  if (!opened.payload.subarray(6).equals(filter.fingerprint))
    return { kind: "reset", reason: "REQUEST_CHANGED" };
  if (after < compactedBelow) return { kind: "reset", reason: "COMPACTED" };
  return { kind: "resume", after };
}

function badToken(): PodkeyError {
  return new PodkeyError(
    "BAD_RESUME_TOKEN",
    "`resume_token` was not issued by this server or was modified; send the last non-empty one unchanged, or none.",
    { field: "resume_token" },
  );
}
