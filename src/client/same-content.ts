/**
 * Whether two messages tell of the same content of a credential. Used where a reset may repeat what the client has:
 * after a restart of podkey revisions and times are new though nothing changed.
 */
import { isDeepStrictEqual } from "node:util";
import type { Credential__Output as Credential } from "./generated/podkey/v1/Credential.ts";

/** Content as the contract defines it; without the values (METADATA) the source's version stands for them. */
export function sameContent(before: Credential | undefined, now: Credential): boolean {
  return before !== undefined && isDeepStrictEqual(content(before), content(now));
}

function content(credential: Credential): object {
  const { data, keys, labels, annotations, uid, type, immutable, problems, resourceVersion } = credential;
  const isWithoutValues = keys.length > 0 && Object.keys(data).length === 0;
  const version = isWithoutValues ? resourceVersion : undefined;
  return { data, keys, labels, annotations, uid, type, immutable, problems, version };
}
