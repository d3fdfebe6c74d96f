/**
 * Comparisons of credentials, byte by byte instead of by a hash: this is exact, and there is no digest of a value that allows
 * guessing offline. A new field of `Credential` does not compile here until each comparison handles it.
 */
import type { Credential, Part, StringMap } from "./credential.ts";
import type { Problem } from "./problem.ts";
import type { SecretValue } from "./secret-value.ts";

/** Where a credential is and which version of it this is. */
type Identity = "namespace" | "name" | "resourceVersion";

/** Fields whose change alone gives a credential no new revision. */
type BesideContent = "createTimeMs" | "expiry" | "part";

/** A rest without fields: every field is handled. */
type Nothing = Readonly<Record<string, never>>;

/**
 * Whether two credentials have the same content (docs/glossary.md): uid, type, data, labels, annotations, immutable and
 * problems.
 */
export function sameContent(a: Credential, b: Credential): boolean {
  if (a === b) return true;
  const content: Omit<Credential, Identity | BesideContent> = a;
  const { uid, type, immutable, data, labels, annotations, problems, ...rest } = content;
  rest satisfies Nothing;
  return (
    uid === b.uid &&
    type === b.type &&
    immutable === b.immutable &&
    sameData(data, b.data) &&
    sameStrings(labels, b.labels) &&
    sameStrings(annotations, b.annotations) &&
    sameProblems(problems, b.problems)
  );
}

/** Whether a source read the same object twice: content and all other fields except the version. */
export function sameRead(a: Credential, b: Credential): boolean {
  const beside: Pick<Credential, BesideContent> = a;
  const { createTimeMs, expiry, part, ...rest } = beside;
  rest satisfies Nothing;
  return (
    createTimeMs === b.createTimeMs &&
    expiry?.atMs === b.expiry?.atMs &&
    samePart(part, b.part) &&
    sameContent(a, b)
  );
}

/** Whether two key-to-value maps hold the same keys and bytes. */
export function sameData(a: ReadonlyMap<string, SecretValue>, b: ReadonlyMap<string, SecretValue>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !value.equals(other)) return false;
  }
  return true;
}

function sameStrings(a: StringMap, b: StringMap): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function samePart(a: Part | undefined, b: Part | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const { of, index, count, sha256, ...rest } = a;
  rest satisfies Nothing;
  return of === b.of && index === b.index && count === b.count && sha256 === b.sha256;
}

function sameProblems(a: readonly Problem[], b: readonly Problem[]): boolean {
  return a.length === b.length && a.every((problem, index) => sameProblem(problem, b[index]));
}

function sameProblem(a: Problem, b: Problem | undefined): boolean {
  if (b === undefined) return false;
  const { reason, key, message, contentOutdated, keys: _keys, ...rest } = a;
  rest satisfies Nothing;
  return (
    reason === b.reason && key === b.key && message === b.message && contentOutdated === b.contentOutdated
  );
}
