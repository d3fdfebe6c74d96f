/**
 * Manifests that `kubectl create --dry-run=server` and podkey both read. test/kube/manifests.test.ts records and checks the
 * answers of kubectl and a real API server in kubectl-answers.json; test/unit/source/manifests/as-kubectl.test.ts compares
 * podkey with them. Every Secret name of a case is unique within the case, unless the case is about equal names.
 */

import { FIELD_CASES } from "./cases/field-cases.ts";
import { FILE_CASES } from "./cases/file-cases.ts";
import { YAML_CASES } from "./cases/yaml-cases.ts";

/** The title of each case and the bytes of its file. */
export const MANIFEST_CASES: Readonly<Record<string, string | Uint8Array>> = {
  ...FIELD_CASES,
  ...YAML_CASES,
  ...FILE_CASES,
};
