/**
 * Names as the API server allows them, for sources that take them from files.
 */

const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Whether a text can be the name of a Secret: a DNS subdomain (RFC 1123). */
export function isSecretName(text: string): boolean {
  return SUBDOMAIN.test(text);
}

/** Whether a text can be the name of a namespace: a DNS label (RFC 1123). */
export function isNamespaceName(text: string): boolean {
  return LABEL.test(text);
}
