/**
 * Refuses clusters and users that client-go refuses: fields that contradict each other or that miss their counterpart.
 * Each error is one sentence with the remedy. Called by kubeconfig.ts for the chosen context only.
 */
import { TargetError } from "../failure/target-error.ts";
import type { ClusterEntry, ExecEntry, PemSource, UserEntry } from "./kubeconfig-entries.ts";

/** API versions of exec plugins that client-go supports. */
export const EXEC_API_VERSIONS: readonly string[] = [
  "client.authentication.k8s.io/v1",
  "client.authentication.k8s.io/v1beta1",
];

/** @throws TargetError */
export function checkCluster(cluster: ClusterEntry, name: string): void {
  const who = `The cluster ${name} in the kubeconfig ${cluster.path}`;
  if (cluster.server === undefined) throw new TargetError(`${who} has no \`server\`; add its URL.`);
  checkPem(cluster.ca, "certificate-authority", who);
  if (cluster.insecure && isSet(cluster.ca)) {
    throw new TargetError(
      `${who} has \`insecure-skip-tls-verify\` and a certificate authority; remove one of them.`,
    );
  }
}

/** @throws TargetError */
export function checkUser(user: UserEntry, name: string): void {
  const who = `The user ${name} in the kubeconfig ${user.path}`;
  const hasToken = user.token !== undefined || user.tokenFile !== undefined;
  if (hasToken && user.username !== undefined)
    throw new TargetError(`${who} has a token and a \`username\`; remove one of them.`);
  if (user.token !== undefined && !/^[\x21-\x7e]+$/.test(user.token)) {
    throw new TargetError(
      `${who} has a \`token\` with a line break or another character that is not allowed in a header; remove it.`,
    );
  }
  if (isSet(user.certificate)) {
    checkPem(user.certificate, "client-certificate", who);
    checkPem(user.key, "client-key", who);
    if (!isSet(user.key))
      throw new TargetError(`${who} has a client certificate without \`client-key\`; add it.`);
  }
  checkImpersonation(user, who);
  if (user.authProvider !== undefined) {
    throw new TargetError(
      `${who} uses the auth-provider ${user.authProvider}, which podkey does not support; use an exec plugin, such as gke-gcloud-auth-plugin or kubelogin.`,
    );
  }
  if (user.exec !== undefined) checkExec(user.exec, who);
}

function isSet({ data, file }: PemSource): boolean {
  return data !== undefined || file !== undefined;
}

function checkPem({ data, file }: PemSource, field: string, who: string): void {
  if (data !== undefined && file !== undefined)
    throw new TargetError(`${who} has both \`${field}\` and \`${field}-data\`; remove one of them.`);
}

function checkImpersonation({ impersonation: { user, uid, groups, extra } }: UserEntry, who: string): void {
  if (user === undefined && (uid !== undefined || groups.length > 0 || Object.keys(extra).length > 0))
    throw new TargetError(
      `${who} has \`as-uid\`, \`as-groups\` or \`as-user-extra\` without \`as\`; add \`as\`.`,
    );
  const values = [user ?? "", uid ?? "", ...groups, ...Object.values(extra).flat()];
  // eslint-disable-next-line no-control-regex -- exactly these break a header
  if (values.some((value) => /[\0-\x08\x0a-\x1f\x7f]/.test(value)))
    throw new TargetError(
      `${who} has a line break or another control character in an \`as\` field; remove it.`,
    );
}

function checkExec(exec: ExecEntry, who: string): void {
  if (exec.command === undefined)
    throw new TargetError(`${who} has an exec plugin without \`command\`; add it.`);
  if (exec.apiVersion === undefined || !EXEC_API_VERSIONS.includes(exec.apiVersion)) {
    throw new TargetError(
      `${who} has an exec plugin ${withField("apiVersion", exec.apiVersion)}; use ${EXEC_API_VERSIONS.join(" or ")}.`,
    );
  }
  if (exec.env.some(({ name }) => name === ""))
    throw new TargetError(`${who} has an exec plugin with an \`env\` entry without \`name\`; add it.`);
  // v1beta1 has a default, for compatibility with plugins that are older than the field.
  const mode = exec.interactiveMode ?? (exec.apiVersion.endsWith("/v1beta1") ? "IfAvailable" : undefined);
  if (mode === undefined || !["Never", "IfAvailable", "Always"].includes(mode)) {
    throw new TargetError(
      `${who} has an exec plugin ${withField("interactiveMode", mode)}; use Never, IfAvailable or Always.`,
    );
  }
}

function withField(name: string, value: string | undefined): string {
  return value === undefined ? `without \`${name}\`` : `with the ${name} ${value}`;
}
