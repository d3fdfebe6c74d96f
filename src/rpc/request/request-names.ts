/**
 * Checks of what a request names, before policy and view are asked: a namespace, name or key that Kubernetes could never
 * hold is a mistake of the caller and said as such.
 */
import { isDataKey, isNamespaceName, isSecretName } from "../../core/credential/kubernetes-names.ts";
import { PodkeyError } from "../../core/errors/errors.ts";

/** How many `names` List and Watch take. */
export const NAMES_LIMIT = 1000;

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
  if (!isDataKey(key)) throw badName("keys", key, "a key of letters, digits, -, _ and .");
}

/** @throws PodkeyError BAD_NAME if there are more names than a request takes, or one is none. */
export function checkNames(names: readonly string[]): void {
  if (names.length > NAMES_LIMIT)
    throw new PodkeyError(
      "BAD_NAME",
      `${String(names.length)} names are given and ${String(NAMES_LIMIT)} are allowed; use several calls or a selector.`,
      { field: "names", metadata: { limit: String(NAMES_LIMIT) } },
    );
  for (const name of names) checkName(name, "names");
}

function badName(field: string, value: string, wanted: string): PodkeyError {
  if (value === "") return new PodkeyError("BAD_NAME", `${field} is empty; it must be ${wanted}.`, { field });
  const shown = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  return new PodkeyError("BAD_NAME", `${field} must be ${wanted} as in Kubernetes, and ${shown} is none.`, {
    field,
  });
}
