/**
 * Four names outside a consumer's view, two of which exist, to check that answers do not depend on it: their bytes in
 * test/integration/rpc-secrecy/oracle.test.ts, their times in bench/secrecy.ts.
 */
import { parseSelector } from "../../../src/core/select/selector.ts";
import { credential } from "../core/credentials.ts";
import type { RpcLab } from "./rpc-lab.ts";

/** Pairs of names of the same length: the first exists, the second does not. */
export const PAIRS = {
  /** No rule allows them: POLICY_DENIED. */
  denied: ["secret-one", "absent-one"],
  /** A rule allows the name, but only with a label that the credential lacks: CREDENTIAL_NOT_FOUND. */
  "not in view": ["web-secret", "web-absent"],
} as const;

/** Fills the lab: a policy that allows `db`, and `web-*` with a label that `web-secret` lacks. */
export function fillWithSecrets(lab: RpcLab): void {
  lab.view.policy = {
    rules: [
      { names: ["db"], namespaces: ["shop"] },
      { names: ["web-*"], namespaces: ["shop"], selector: parseSelector("role=web") },
    ],
  };
  lab.view.sync(
    ["db", "secret-one", "web-secret"].map((name) => credential(name, { labels: { role: "none" } })),
  );
}
