/**
 * Every alert of podkey: the source of the plain rules, the PrometheusRule and the table in docs/operations.md. Each
 * has a page in docs/runbooks.
 */
import type { Alert, AlertGroup } from "./alert.ts";
import { CREDENTIAL_ALERTS } from "./alerts/credentials.ts";
import { FRESHNESS_ALERTS } from "./alerts/freshness.ts";
import { PROCESS_ALERTS } from "./alerts/process.ts";
import { SERVING_ALERTS } from "./alerts/serving.ts";
import { SOURCE_ALERTS } from "./alerts/source.ts";

/** In the order of docs/operations.md. */
export const ALERT_GROUPS: readonly AlertGroup[] = [
  FRESHNESS_ALERTS,
  SOURCE_ALERTS,
  CREDENTIAL_ALERTS,
  SERVING_ALERTS,
  PROCESS_ALERTS,
];

/** All of them. */
export const ALERTS: readonly Alert[] = ALERT_GROUPS.flatMap(({ alerts }) => alerts);
