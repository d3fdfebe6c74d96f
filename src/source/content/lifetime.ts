/**
 * When a credential ends and whether its dates make sense: certificates, service-account tokens and the lifetime
 * annotations. A pure function of the Secret, never of the clock: an expired credential is no problem but an
 * `expire_time` in the past, so that equal content stays equal as time goes by.
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

/** The type of a Secret that the token controller fills. */
export const SERVICE_ACCOUNT_TOKEN = "kubernetes.io/service-account-token";
const SERVICE_ACCOUNT_SUBJECT = "system:serviceaccount:";

/** What the content says about its lifetime. */
export interface Lifetime {
  /** The earliest end that was found; the later ones behind it, for views that may not see its keys. */
  readonly expiry: Expiry | undefined;
  readonly problems: readonly Problem[];
}

/** Reads every statement about lifetime. `tls.crt` counts whatever the type is: a mounted folder is always Opaque. */
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
              `Certificate ${String(bad + 1)} of key tls.crt ends before it begins; issue it again.`,
              { key: "tls.crt" },
            ),
          ],
  };
}

/** A token counts where the type says so or its subject is a ServiceAccount's (a projected token in a mounted folder). */
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
            problem("DATES_OUT_OF_ORDER", "The JWT in key token ends before it begins; issue it again.", {
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
        problem("BAD_TIME", `Annotation ${name} is no RFC 3339 time; write it as 2027-01-31T12:00:00Z.`),
      );
    }
    return atMs;
  };
  const previousFor = lifetimeAnnotation(content.annotations, "previous-for", content.options);
  if (previousFor !== undefined && parseDurationMs(previousFor) === undefined) {
    problems.push(
      problem("BAD_TIME", "Annotation previous-for is no duration; write it as 90s, 15m, 1h or 0."),
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
        `Annotation ${name} lies before annotation rotated-at; mend one of them.`,
      ),
    );
  }
  return { expiry: expiresAt === undefined ? undefined : { atMs: expiresAt, keys: [] }, problems };
}
