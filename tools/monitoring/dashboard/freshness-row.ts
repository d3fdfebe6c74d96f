/** Row "Freshness": is what is served proved current, and is everything there. */
import type { Row } from "./panel.ts";
import { lines, POD, stat } from "./panel.ts";

/** The row. */
export const FRESHNESS_ROW: Row = {
  title: "Freshness",
  panels: [
    stat("Sidecars", "How many answer.", "count(podkey_synced{$pods})"),
    stat(
      "Not synced",
      "Sidecars that have not read everything once; their pods wait.",
      "count(podkey_synced{$pods} == 0) or vector(0)",
      { value: 1, colour: "red" },
    ),
    stat(
      "Stale",
      "Sidecars whose answers say STALE.",
      "count(sum without (reason) (podkey_stale_scopes{$pods}) > 0) or vector(0)",
      { value: 1, colour: "orange" },
    ),
    stat(
      "Required missing",
      "Entries of --require that nothing fulfils.",
      "sum(podkey_required_missing{$pods})",
      { value: 1, colour: "red" },
    ),
    stat(
      "Next expiry",
      "Time until the first credential expires; negative: it has.",
      "min(podkey_credential_earliest_expire_timestamp_seconds{$pods}) - time()",
      undefined,
      "s",
    ),
    stat(
      "Rotation overdue",
      "Credentials past their podkey.dev/next-rotation.",
      "sum(podkey_rotation_overdue{$pods})",
      { value: 1, colour: "orange" },
    ),
    lines(
      "Age of the snapshot",
      "Since the last proof from the source. In good health a saw tooth of 0 to 60 s; above 90 s answers say STALE.",
      "s",
      [{ expr: "time() - (podkey_snapshot_as_of_timestamp_seconds{$pods} > 0)", legend: POD }],
    ),
    lines("Stale scopes by reason", "The reasons that clients see.", "short", [
      { expr: "sum by (reason) (podkey_stale_scopes{$pods})", legend: "{{reason}}" },
    ]),
    lines(
      "Change to served",
      "From the arrival of a change at podkey until every consumer's view has it.",
      "s",
      [0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${String(quantile)}, sum by (le) (rate(podkey_change_to_served_seconds_bucket{$pods}[$__rate_interval])))`,
        legend: `p${String(quantile * 100)}`,
      })),
    ),
    lines("Credentials", "Held, and of them those with a problem.", "short", [
      { expr: "sum(podkey_snapshot_credentials{$pods})", legend: "held" },
      { expr: "sum by (reason) (podkey_credential_problems{$pods})", legend: "{{reason}}" },
    ]),
    lines("Size of credentials", "Half and nearly all of them are smaller.", "bytes", [
      ...[0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${String(quantile)}, sum by (le) (podkey_credential_size_bytes_bucket{$pods}))`,
        legend: `p${String(quantile * 100)}`,
      })),
    ]),
  ],
};
