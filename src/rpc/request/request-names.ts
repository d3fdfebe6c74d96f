/**
 * Checks the namespaces, names and keys in a request before the policy and the view are consulted. One that Kubernetes
 * would reject is an error of the caller: BAD_NAME.
 */
import { isDataKey, isNamespaceName, isSecretName } from "../../core/credential/kubernetes-names.ts";
import { PodkeyError } from "../../core/errors/errors.ts";

/** @throws PodkeyError BAD_NAME unless it is empty or a DNS label. */
export function checkNamespace(namespace: string): void {
  if (namespace !== "" && !isNamespaceName(namespace)) throw badName("namespace", namespace, "a DNS label");
}

/** @throws PodkeyError BAD_NAME unless it is a DNS subdomain. */
export function checkName(name: string, field: string): void {
  if (!isSecretName(name)) throw badName(field, name, "a DNS subdomain");
}

/** @throws PodkeyError BAD_NAME unless it can be a key of a Secret. */
export function checkKey(key: string): void {
  if (!isDataKey(key)) throw badName("keys", key, "1 to 253 letters, digits, '-', '_' and '.'");
}

/** @throws PodkeyError BAD_NAME unless all are DNS subdomains. */
export function checkNames(names: readonly string[]): void {
  for (const name of names) checkName(name, "names");
}

function badName(field: string, value: string, wanted: string): PodkeyError {
  if (value === "")
    return new PodkeyError("BAD_NAME", `\`${field}\` is empty; it must be ${wanted}.`, { field });
  const shown = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  return new PodkeyError("BAD_NAME", `\`${field}\` ${shown} is not valid; it must be ${wanted}.`, { field });
}
