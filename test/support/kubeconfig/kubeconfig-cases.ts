/** All rows of the comparison with kubectl. */
import { CONTEXT_CASES } from "./cases/context-cases.ts";
import { EXEC_CASES } from "./cases/exec-cases.ts";
import { FILE_CASES } from "./cases/file-cases.ts";
import { SERVER_CASES } from "./cases/server-cases.ts";
import { USER_CASES } from "./cases/user-cases.ts";
import type { KubeconfigCase } from "./kubeconfig-case.ts";

/** See the file comment. */
export const KUBECONFIG_CASES: readonly KubeconfigCase[] = [
  ...FILE_CASES,
  ...CONTEXT_CASES,
  ...SERVER_CASES,
  ...USER_CASES,
  ...EXEC_CASES,
];
