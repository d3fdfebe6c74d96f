/** Row "Freshness": whether the served data is verified and complete. */
import type { Row } from "./panel.ts";
import { lines, POD, stat } from "./panel.ts";

/** The row. */
export const FRESHNESS_ROW: Row = {
  title: "Freshness",
  panels: [
    stat("Sidecars", "Sidecars that can be scraped.", "count(podkey_synced{$pods})"),
    stat(
      "Not synced",
      "Sidecars without a complete first sync; their pods wait.",
      "count(podkey_synced{$pods} == 0) or vector(0)",
      { value: 1, colour: "red" },
    ),
    stat(
      "Stale",
      "Sidecars whose answers are STALE.",
      "count(sum without (reason) (podkey_stale_scopes{$pods}) > 0) or vector(0)",
      { value: 1, colour: "orange" },
    ),
    stat(
      "Required missing",
      "Entries of --require without a matching credential.",
      "sum(podkey_required_missing{$pods})",
      { value: 1, colour: "red" },
    ),
    stat(
      "Next expiry",
      "Time until the first credential expires; negative: it has expired.",
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
      "Time since the data was last verified. Healthy: a saw tooth of 0 to 60 s. Above 90 s, answers are STALE.",
      "s",
      [{ expr: "time() - (podkey_snapshot_as_of_timestamp_seconds{$pods} > 0)", legend: POD }],
    ),
    lines("Stale scopes by reason", "The reasons that clients get.", "short", [
      { expr: "sum by (reason) (podkey_stale_scopes{$pods})", legend: "{{reason}}" },
    ]),
    lines(
      "Change to served",
      "From the arrival of a change until every consumer's view contains it.",
      "s",
      [0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${String(quantile)}, sum by (le) (rate(podkey_change_to_served_seconds_bucket{$pods}[$__rate_interval])))`,
        legend: `p${String(quantile * 100)}`,
      })),
    ),
    lines("Credentials", "Credentials in the snapshot, those with a problem, and unusable files.", "short", [
      { expr: "sum(podkey_snapshot_credentials{$pods})", legend: "held" },
      { expr: "sum by (reason) (podkey_credential_problems{$pods})", legend: "{{reason}}" },
      { expr: "sum(podkey_source_faulty_files{$pods})", legend: "files that cannot be used" },
    ]),
    lines("Size of credentials", "Median and 99th percentile.", "bytes", [
      ...[0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${String(quantile)}, sum by (le) (podkey_credential_size_bytes_bucket{$pods}))`,
        legend: `p${String(quantile * 100)}`,
      })),
    ]),
  ],
};
