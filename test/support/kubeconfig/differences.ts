/** Why podkey does something else than kubectl. docs/operations.md, "Kubeconfigs", lists each. */

/** For a user without credentials. */
export const ANONYMOUS =
  "kubectl asks for a user name on the terminal; podkey is anonymous, as client-go is without a terminal";

/** For a token with blanks or with letters outside ASCII. */
export const MALFORMED_TOKEN = "podkey refuses a token that no issuer makes, before it is sent";
