/**
 * Reads token files and CA bundles and rejects invalid ones: both are replaced on disk while podkey runs, and half a
 * file must not replace a good one. Used by service-account.ts and read-material.ts.
 */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { nodeErrorCode } from "../failure/classify-node-error.ts";

/** A token file's content, trimmed. @throws SyncError unauthorized if it is missing, empty or not a token. */
export async function readToken(path: string): Promise<string> {
  let token: string;
  try {
    token = (await readFile(path, "utf8")).trim();
  } catch (error) {
    throw new SyncError(
      "unauthorized",
      `The token file ${path} cannot be read (${nodeErrorCode(error)}); correct its path or permissions.`,
    );
  }
  // Other characters would break the header; no issuer uses them.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new SyncError(
      "unauthorized",
      `The token file ${path} does not contain a valid token; it must contain one line.`,
    );
  return token;
}

/** A PEM bundle. @throws SyncError tls if it is missing, empty, or has a certificate that cannot be parsed. */
export async function readCaBundle(path: string): Promise<string> {
  let pem: string;
  try {
    pem = await readFile(path, "utf8");
  } catch (error) {
    throw new SyncError("tls", `The CA file ${path} cannot be read (${nodeErrorCode(error)}).`);
  }
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || !blocks.every(isCertificate))
    throw new SyncError("tls", `The CA file ${path} is not a valid PEM bundle of certificates.`);
  return pem;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates of a bundle that can be parsed, as client-go uses them; empty if there are none. */
export function validCertificates(pem: string): string {
  return (pem.match(CERTIFICATE) ?? []).filter(isCertificate).join("\n");
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
