// Gauges of the snapshot.
import { expect } from "chai";
import { applyEvent } from "../../../src/core/snapshot/apply-event.ts";
import type { Credential } from "../../../src/core/credential/credential.ts";
import { EMPTY_SNAPSHOT } from "../../../src/core/snapshot/snapshot.ts";
import type { ScopeId } from "../../../src/core/snapshot/sync-event.ts";
import { createMetricsRegistry } from "../../../src/observe/metrics-registry.ts";
import { snapshotMetrics } from "../../../src/observe/snapshot-metrics.ts";

import { credential } from "../../support/core/credentials.ts";

const NOW_MS = Date.parse("2026-06-01T00:00:00Z");
const clock = { nowMs: () => 0, wallMs: () => NOW_MS };

async function pageOf(credentials: readonly Credential[], credentialNames: boolean): Promise<string> {
  const scope = "s" as ScopeId;
  const limits = { maxCredentials: 10, maxBytes: 1000 };
  let snapshot = EMPTY_SNAPSHOT;
  for (const item of credentials)
    snapshot = applyEvent(snapshot, { kind: "put", scope, item }, limits).snapshot;
  const metrics = createMetricsRegistry({ processMetrics: false });
  metrics.onScrape(
    snapshotMetrics({
      instruments: metrics.instruments,
      clock,
      credentialNames,
      lifetimePrefix: "example.io/",
      observe: () => ({
        isSynced: true,
        snapshot,
        freshness: { state: "FRESH", ageMs: 4000, contactAgeMs: 0, reason: undefined },
        scopes: [
          { state: "FRESH", ageMs: 4000, contactAgeMs: 0, reason: undefined },
          { state: "STALE", ageMs: 4000, contactAgeMs: 0, reason: "LIMIT" },
          { state: "STALE", ageMs: 4000, contactAgeMs: 0, reason: "LIMIT" },
        ],
        views: [],
        requiredMissing: 2,
        faults: 3,
      }),
    }),
  );
  return (await metrics.page("prometheus")).body;
}

const expiry = { atMs: NOW_MS + 5000, keys: [] };
const problem = { reason: "BAD_BASE64", key: "", keys: [], message: "", contentOutdated: false };

describe("metrics: snapshot", () => {
  it("counts credentials, problems and overdue rotations, and has the earliest expiry", async () => {
    const page = await pageOf(
      [
        credential("a", { expiry, problems: [problem, problem] }),
        credential("b", { annotations: { "podkey.dev/next-rotation": "2026-05-01T00:00:00Z" } }),
        credential("c", { annotations: { "podkey.dev/next-rotation": "2026-07-01T00:00:00Z" } }),
        credential("d", { annotations: { "example.io/next-rotation": "2026-05-01T00:00:00Z" } }),
        credential("e", { annotations: { "podkey.dev/next-rotation": "2025" } }),
      ],
      false,
    );
    expect(page).to.contain("podkey_snapshot_credentials 5\n").and.to.contain("podkey_snapshot_bytes 16\n");
    expect(page).to.contain(
      `podkey_credential_earliest_expire_timestamp_seconds ${String(NOW_MS / 1000 + 3600)}\n`,
    );
    expect(page).to.contain("podkey_source_faulty_files 3\n");
    expect(page).to.contain('podkey_credential_problems{reason="BAD_BASE64"} 1\n');
    expect(page).to.contain("podkey_rotation_overdue 2\n").and.to.contain("podkey_required_missing 2\n");
    expect(page).to.contain(`podkey_snapshot_as_of_timestamp_seconds ${String(NOW_MS / 1000 - 4)}\n`);
  });

  for (const [length, shown] of [
    [1, 1],
    [4, 4],
    [5, 8],
    [129, 256],
  ] as const) {
    it(`rounds ${String(length)} bytes of values to ${String(shown)}, so that nobody learns the length of a password`, async () => {
      const data = { password: "x".repeat(length) };
      const page = await pageOf([credential("a", { data })], true);
      expect(page).to.contain(`podkey_snapshot_bytes ${String(shown)}\n`);
      expect(page).to.contain(`podkey_credential_max_size_bytes ${String(shown)}\n`);
    });
  }

  it("counts stale scopes by the reason that clients get", async () => {
    const page = await pageOf([], false);
    expect(page).to.contain('podkey_stale_scopes{reason="LIMIT"} 2\n');
    expect(page.match(/^podkey_stale_scopes\{/gm)).to.have.length(1);
  });

  it("has names of credentials only on request", async () => {
    expect(await pageOf([credential("a", { expiry })], false)).to.not.contain('"shop"');
    expect(await pageOf([credential("a", { expiry })], true)).to.contain(
      `podkey_credential_expire_timestamp_seconds{namespace="shop",name="a"} ${String(NOW_MS / 1000 + 5)}\n`,
    );
  });

  it("has no earliest expiry if nothing expires", async () => {
    expect(await pageOf([], false)).to.not.match(/^podkey_credential_earliest_expire/m);
  });
});
