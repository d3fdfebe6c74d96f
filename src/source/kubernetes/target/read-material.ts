/**
 * Reads the static credentials of a context: the headers and the TLS material, from the kubeconfig and from the files
 * that it names. Called by kubeconfig-credentials.ts; exec plugins are not part of it.
 */
import { readFile } from "node:fs/promises";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { nodeErrorCode } from "../failure/classify-node-error.ts";
import { isPair } from "../kubeconfig/exec-credential.ts";
import { impersonationHeaders } from "../kubeconfig/impersonation-headers.ts";
import type { LoadedKubeconfig } from "../kubeconfig/kubeconfig.ts";
import type { ClusterEntry, PemSource, UserEntry } from "../kubeconfig/kubeconfig-entries.ts";
import { readSystemBundle } from "./system-bundle.ts";
import { readToken, validCertificates } from "./credential-files.ts";
import type { RequestHeaders, TlsMaterial } from "./credentials.ts";
import type { Env } from "./proxy-rules.ts";

/** Headers and TLS material as last read. */
export interface Material {
  readonly headers: RequestHeaders;
  readonly tls: TlsMaterial;
}

/** Rejects with a SyncError that names the file. */
export async function readMaterial(loaded: LoadedKubeconfig, env: Env): Promise<Material> {
  const { server, cluster, clusterName, user, userName } = loaded;
  if (server.protocol === "http:") return plainMaterial(loaded);
  return {
    headers: {
      ...(await readAuthorization(server, user)),
      ...(user && impersonationHeaders(user.impersonation)),
    },
    tls: {
      ca: cluster.insecure
        ? undefined
        : ((await readCa(cluster, clusterName)) ?? (await readSystemBundle(env))),
      ...(await readCertificate(user, userName)),
      serverName: cluster.serverName,
      insecure: cluster.insecure,
    },
  };
}

/** User and password in the URL win over everything else, as in Go. */
async function readAuthorization(server: URL, user: UserEntry | undefined): Promise<RequestHeaders> {
  const basic = (name: string, password: string): RequestHeaders => ({
    authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
  });
  if (server.username !== "" || server.password !== "")
    return basic(decodeURIComponent(server.username), decodeURIComponent(server.password));
  if (user === undefined) return {};
  const token = await readUserToken(user);
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  return user.username === undefined ? {} : basic(user.username, user.password ?? "");
}

/** A token file wins over a token; if it cannot be read, the token is used. */
async function readUserToken({ token, tokenFile }: UserEntry): Promise<string | undefined> {
  if (tokenFile === undefined) return token;
  try {
    return await readToken(tokenFile);
  } catch (error) {
    if (token === undefined) throw error;
    return token;
  }
}

async function readCa({ ca, path }: ClusterEntry, name: string): Promise<string | undefined> {
  const pem = await readPem(ca);
  if (pem === undefined) return undefined;
  const valid = validCertificates(pem);
  if (valid !== "") return valid;
  const what = ca.file === undefined ? "" : ` (${ca.file})`;
  throw new SyncError(
    "tls",
    `The certificate authority${what} of the cluster ${name} in the kubeconfig ${path} has no valid PEM certificate.`,
  );
}

async function readCertificate(
  user: UserEntry | undefined,
  name: string,
): Promise<Pick<TlsMaterial, "cert" | "key">> {
  const cert = user && (await readPem(user.certificate));
  if (user === undefined || cert === undefined) return { cert: undefined, key: undefined };
  const key = await readPem(user.key);
  if (key !== undefined && isPair(cert, key)) return { cert, key };
  throw new SyncError(
    "unauthorized",
    `The client certificate of the user ${name} in the kubeconfig ${user.path} is malformed or does not match its key.`,
  );
}

/** PEM of the kubeconfig or of a file. Rejects with a SyncError. */
export async function readPem({ data, file }: PemSource): Promise<string | undefined> {
  if (file === undefined) return data;
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new SyncError(
      "unauthorized",
      `The file ${file}, which the kubeconfig names, cannot be read (${nodeErrorCode(error)}); correct its path or permissions.`,
    );
  }
}

/** Credentials never go over plain HTTP. `kubectl proxy` adds them itself. */
function plainMaterial({ user }: LoadedKubeconfig): Material {
  const headers = user === undefined ? {} : impersonationHeaders(user.impersonation);
  const none = { ca: undefined, cert: undefined, key: undefined, serverName: undefined, insecure: false };
  return { headers, tls: none };
}
