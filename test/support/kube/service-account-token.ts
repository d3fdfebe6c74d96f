/**
 * ServiceAccount tokens with any expiry. The API server grants tokens for at least ten minutes, so tests that need an
 * expired one sign a granted token again with the cluster's own key.
 */
import { sign } from "node:crypto";

/**
 * The same token with another `exp`, `expiresInSeconds` from now (negative: in the past). The API server accepts a
 * token for 60 s after its expiry, and up to 10 s more from its cache (measured on 1.36.3).
 */
export function resignToken(token: string, keyPem: string, expiresInSeconds: number): string {
  const [header = "", payload = ""] = token.split(".");
  const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  const exp = Math.floor(Date.now() / 1000) + expiresInSeconds;
  const changed = Buffer.from(JSON.stringify({ ...(claims as object), exp })).toString("base64url");
  const signed = `${header}.${changed}`;
  const signature = sign("sha256", Buffer.from(signed), { key: keyPem, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
