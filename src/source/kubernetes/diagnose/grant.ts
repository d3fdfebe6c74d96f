/** The kubectl commands that grant podkey what a scope needs, for the log and `podkey check`. */
import type { Scope } from "../../../core/snapshot/sync-event.ts";

/** Two commands for a shell. `user`: as the API server reports it; undefined: a placeholder. */
export function grantCommands({ namespace, name }: Scope, user: string | undefined): string {
  const kind = namespace === undefined ? "clusterrole" : "role";
  const role = name === undefined ? "podkey" : `podkey-${name}`;
  const resource = `--resource=secrets${name === undefined ? "" : ` --resource-name=${name}`}`;
  const where = namespace === undefined ? "" : ` -n ${namespace}`;
  const create = `kubectl create ${kind} ${role} --verb=get,list,watch ${resource}${where}`;
  const bind = `kubectl create ${kind}binding ${role} --${kind}=${role} ${subjectOf(user)}${where}`;
  return `${create} && ${bind}`;
}

function subjectOf(user = "USER"): string {
  const [, account] = /^system:serviceaccount:([^:]+:[^:]+)$/.exec(user) ?? [];
  if (account !== undefined) return `--serviceaccount=${account}`;
  return `--user=${/^[\w.:@/=+-]+$/.test(user) ? user : `'${user.replaceAll("'", "'\\''")}'`}`;
}
