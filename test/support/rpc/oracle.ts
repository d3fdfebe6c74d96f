/**
 * What a consumer could learn of credentials that are not its own, by asking for them: four names, two of which exist.
 * Equal bytes are tested (rpc-secrecy), equal times are measured (bench/secrecy.ts).
 */
import { parseSelector } from "../../../src/core/select/selector.ts";
import { credential } from "../core/credentials.ts";
import type { RpcLab } from "./rpc-lab.ts";

/** Pairs of names of the same length: the first exists, the second does not. */
export const PAIRS = {
  /** No rule names them: POLICY_DENIED. */
  denied: ["secret-one", "absent-one"],
  /** A rule allows the name where the label fits, and no label fits: CREDENTIAL_NOT_FOUND. */
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
