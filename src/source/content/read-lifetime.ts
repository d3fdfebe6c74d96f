/**
 * Finds when a credential expires and whether its dates are in order: certificates, service-account tokens and the
 * lifetime annotations. Depends on the Secret only, never on the clock, so equal content stays equal: an expired
 * credential has an `expire_time` in the past and no problem.
 */
import type { Expiry } from "../../core/credential/credential.ts";
import { parseDurationMs } from "../../core/time/duration.ts";
import { lifetimeAnnotation } from "../../core/credential/lifetime.ts";
import type { Problem } from "../../core/credential/problem.ts";
import { parseRfc3339 } from "../../core/time/rfc3339.ts";
import { problem } from "./problem-reasons.ts";
import { validityMs } from "./certificate-chain.ts";
import { readJwtClaims } from "./jwt-claims.ts";
import type { SecretContent } from "./secret-content.ts";

/** Secret type that the token controller fills. */
export const SERVICE_ACCOUNT_TOKEN = "kubernetes.io/service-account-token";
const SERVICE_ACCOUNT_SUBJECT = "system:serviceaccount:";

/** When the content expires, and problems of its dates. */
export interface Lifetime {
  /** The earliest expiry. Later ones are linked behind it, for views that may not read its keys. */
  readonly expiry: Expiry | undefined;
  readonly problems: readonly Problem[];
}

/** Reads certificates, token and annotations. `tls.crt` is read in every type, because a mounted folder is Opaque. */
export function readLifetime(content: SecretContent): Lifetime {
  const found = [ofCertificates(content), ofToken(content), ofAnnotations(content)];
  const ends = found.flatMap(({ expiry }) => (expiry === undefined ? [] : [expiry]));
  return {
    expiry: chainExpiries(ends),
    problems: found.flatMap(({ problems }) => problems),
  };
}

function chainExpiries(ends: readonly Expiry[]): Expiry | undefined {
  const latestFirst = ends.toSorted((a, b) => b.atMs - a.atMs);
  return latestFirst.reduce<Expiry | undefined>(
    (otherwise, end) => (otherwise === undefined ? end : { ...end, otherwise }),
    undefined,
  );
}

function ofCertificates(content: SecretContent): Lifetime {
  const spans = (content.chains.get("tls.crt") ?? []).map((certificate) => validityMs(certificate));
  const ends = spans.flatMap((span) => (span === undefined ? [] : [span.toMs]));
  const bad = spans.findIndex((span) => span === undefined || span.fromMs > span.toMs);
  return {
    expiry: ends.length === 0 ? undefined : { atMs: Math.min(...ends), keys: ["tls.crt"] },
    problems:
      bad === -1
        ? []
        : [
            problem(
              "DATES_OUT_OF_ORDER",
              `Certificate ${String(bad + 1)} of key tls.crt ends before it begins; issue a new one.`,
              { key: "tls.crt" },
            ),
          ],
  };
}

/** Reads a token if the type is a service-account token, or its subject is one (a projected token in a mounted folder). */
function ofToken(content: SecretContent): Lifetime {
  const value = content.data.get("token");
  const claims = value === undefined ? undefined : readJwtClaims(value.reveal());
  const counts =
    content.type === SERVICE_ACCOUNT_TOKEN || claims?.subject?.startsWith(SERVICE_ACCOUNT_SUBJECT) === true;
  if (!counts || claims?.expiresAtMs === undefined) return { expiry: undefined, problems: [] };
  const { expiresAtMs, startsAtMs } = claims;
  return {
    expiry: { atMs: expiresAtMs, keys: ["token"] },
    problems:
      startsAtMs === undefined || startsAtMs <= expiresAtMs
        ? []
        : [
            problem("DATES_OUT_OF_ORDER", "The JWT in key token ends before it begins; issue a new one.", {
              key: "token",
            }),
          ],
  };
}

function ofAnnotations(content: SecretContent): Lifetime {
  const problems: Problem[] = [];
  const read = (name: "expires-at" | "rotated-at" | "next-rotation"): number | undefined => {
    const text = lifetimeAnnotation(content.annotations, name, content.options);
    const atMs = text === undefined ? undefined : parseRfc3339(text);
    if (text !== undefined && atMs === undefined) {
      problems.push(
        problem("BAD_TIME", `Annotation ${name} is not an RFC 3339 time; write it as 2027-01-31T12:00:00Z.`),
      );
    }
    return atMs;
  };
  const previousFor = lifetimeAnnotation(content.annotations, "previous-for", content.options);
  if (previousFor !== undefined && parseDurationMs(previousFor) === undefined) {
    problems.push(
      problem("BAD_TIME", "Annotation previous-for is not a duration; write it as 90s, 15m, 1h or 0."),
    );
  }
  const expiresAt = read("expires-at");
  const rotatedAt = read("rotated-at");
  const nextRotation = read("next-rotation");
  for (const [name, atMs] of [
    ["expires-at", expiresAt],
    ["next-rotation", nextRotation],
  ] as const) {
    if (rotatedAt === undefined || atMs === undefined || rotatedAt <= atMs) continue;
    problems.push(
      problem(
        "DATES_OUT_OF_ORDER",
        `Annotation ${name} is earlier than annotation rotated-at; correct one of them.`,
      ),
    );
  }
  return { expiry: expiresAt === undefined ? undefined : { atMs: expiresAt, keys: [] }, problems };
}
