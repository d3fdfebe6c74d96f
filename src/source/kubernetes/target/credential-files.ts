/**
 * Reads token files and CA bundles and rejects invalid ones: both are replaced on disk while podkey runs, and half a
 * file must not replace a good one. Used by service-account.ts and kubeconfig-credentials.ts.
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
    throw new SyncError("unauthorized", `The token file ${path} cannot be read (${nodeErrorCode(error)}).`);
  }
  // Other characters would break the header; no issuer uses them.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new SyncError("unauthorized", `The token file ${path} does not contain a valid token.`);
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
  checkCaBundle(pem, `The CA file ${path}`);
  return pem;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** @throws SyncError tls if the text has no certificate, or one that cannot be parsed. @param where for the message. */
export function checkCaBundle(pem: string, where: string): void {
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || !blocks.every(isCertificate)) {
    throw new SyncError("tls", `${where} is not a valid PEM bundle of certificates.`);
  }
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
