/**
 * Reads the four annotations that make a Secret a part of another credential (docs/lifetimes.md). If one of them is
 * wrong the part cannot be placed: the object counts as undecodable and its last good content stays.
 */
import type { Part, StringMap } from "../../core/credential/credential.ts";
import type { Problem } from "../../core/credential/problem.ts";
import { problem } from "../content/problem-reasons.ts";
import { isSecretName } from "../../core/credential/kubernetes-names.ts";

/** 128 parts of 1 MiB are twice the default of `--max-bytes`. */
const MAX_PARTS = 128;

const NUMBER = /^(0|[1-9]\d{0,2})$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** The declared part; undefined for an ordinary Secret; a problem for a part that cannot be placed. */
export function readPart(annotations: StringMap): Part | Problem | undefined {
  const of = annotations["podkey.dev/part-of"];
  if (of === undefined) return undefined;
  if (!isSecretName(of)) return bad("part-of is not a valid Secret name");
  const count = numberOf(annotations["podkey.dev/part-count"]);
  if (count === undefined || count < 1 || count > MAX_PARTS)
    return bad(`part-count is not a number from 1 to ${String(MAX_PARTS)}`);
  const index = numberOf(annotations["podkey.dev/part-index"]);
  if (index === undefined || index >= count)
    return bad("part-index is not a number from 0 to part-count - 1");
  const sha256 = (annotations["podkey.dev/part-sha256"] ?? "").toLowerCase();
  if (!SHA256.test(sha256)) return bad("part-sha256 is not a SHA-256 in hex");
  return { of, index, count, sha256 };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && NUMBER.test(text) ? Number(text) : undefined;
}

function bad(what: string): Problem {
  return problem("BAD_PART", `Annotation podkey.dev/${what}, so the part cannot be placed; correct it.`);
}
