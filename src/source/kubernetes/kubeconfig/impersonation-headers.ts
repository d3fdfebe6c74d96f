/** The Impersonate-* headers of a user, as client-go sends them. Called by kubeconfig-credentials.ts. */
import type { Impersonation } from "./kubeconfig-entries.ts";

/** Lower-case names; empty if the user impersonates nobody. */
export function impersonationHeaders({
  user,
  uid,
  groups,
  extra,
}: Impersonation): Readonly<Record<string, string | readonly string[]>> {
  if (user === undefined) return {};
  const extras = Object.entries(extra).map(
    ([key, values]) => [`impersonate-extra-${escapeKey(key)}`, values.map(toHeaderText)] as const,
  );
  return {
    "impersonate-user": toHeaderText(user),
    ...(uid !== undefined && { "impersonate-uid": toHeaderText(uid) }),
    ...(groups.length > 0 && { "impersonate-group": groups.map(toHeaderText) }),
    ...Object.fromEntries(extras),
  };
}

/** Node writes headers as Latin-1, Go as UTF-8: one character for each byte of UTF-8. */
function toHeaderText(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}

/** Percent-encodes the bytes that a header name cannot have, and `%`. */
function escapeKey(key: string): string {
  return toHeaderText(key)
    .replaceAll(
      /[^!#$&'*+\-.0-9A-Z^_`a-z|~]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
    )
    .toLowerCase();
}
