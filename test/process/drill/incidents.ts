// All incidents, in the order of the table in docs/operations.md.
import type { Incident } from "../../support/drill/incident.ts";
import { CREDENTIAL_INCIDENTS } from "./incidents/credentials.ts";
import { POD_INCIDENTS } from "./incidents/pod.ts";
import { SOURCE_INCIDENTS } from "./incidents/source.ts";

export const INCIDENTS: readonly Incident[] = [
  ...SOURCE_INCIDENTS,
  ...POD_INCIDENTS,
  ...CREDENTIAL_INCIDENTS,
];
