/**
 * The names that Kubernetes allows for namespaces, Secrets and the keys of a Secret. Every check of such a name in podkey
 * uses these, so that the command line, the configuration, the sources and the API accept the same names.
 */

/** Name of a namespace: a DNS label (RFC 1123). */
export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Name of a Secret, and prefix of a label or annotation: a DNS subdomain (RFC 1123). */
export const DNS_SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Key of a Secret; a file of this name can be mounted, so neither `.` nor anything that begins with `..`. */
export const DATA_KEY = /^(?!\.$|\.\.)[-._a-zA-Z0-9]{1,253}$/;

/** Whether a text can be the name of a namespace. */
export function isNamespaceName(text: string): boolean {
  return DNS_LABEL.test(text);
}

/** Whether a text can be the name of a Secret. */
export function isSecretName(text: string): boolean {
  return DNS_SUBDOMAIN.test(text);
}

/** Whether a text can be a key of a Secret. */
export function isDataKey(text: string): boolean {
  return DATA_KEY.test(text);
}

/** Name of a label or annotation without its prefix. */
const LABEL_NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** Whether a text can be the name of a label: an optional DNS subdomain and a slash, then a name. */
export function isQualifiedName(text: string): boolean {
  const slash = text.indexOf("/");
  return LABEL_NAME.test(text.slice(slash + 1)) && (slash === -1 || DNS_SUBDOMAIN.test(text.slice(0, slash)));
}

/** Whether a text can be the value of a label, which may be empty. */
export function isLabelValue(text: string): boolean {
  return text === "" || LABEL_NAME.test(text);
}
