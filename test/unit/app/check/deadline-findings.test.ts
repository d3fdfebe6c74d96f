// Findings for expiry and rotation.
import { expect } from "chai";
import { deadlineFindings } from "../../../../src/app/check/deadline-findings.ts";
import type { SidecarConfig } from "../../../../src/config/schema/sidecar-config.ts";
import { applyEvent } from "../../../../src/core/snapshot/apply-event.ts";
import type { Credential } from "../../../../src/core/credential/credential.ts";
import { EMPTY_SNAPSHOT } from "../../../../src/core/snapshot/snapshot.ts";
import type { ScopeId } from "../../../../src/core/snapshot/sync-event.ts";
import { credential } from "../../../support/core/credentials.ts";

const NOW_MS = Date.parse("2026-06-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const LIMITS = { maxCredentials: 10, maxBytes: 10_000 };

function textOf(item: Credential): readonly string[] {
  const { snapshot } = applyEvent(EMPTY_SNAPSHOT, { kind: "put", scope: "s" as ScopeId, item }, LIMITS);
  const findings = deadlineFindings(
    snapshot,
    { lifetimePrefix: undefined } as unknown as SidecarConfig,
    NOW_MS,
  );
  for (const { level } of findings) expect(level).to.equal("warn");
  return findings.map(({ subject, text }) => `${subject} ${text}`);
}

const expiring = (inMs: number): readonly string[] =>
  textOf({ ...credential("a"), expiry: { atMs: NOW_MS + inMs, keys: [] } });

describe("check: deadlines", () => {
  it("warns about an expiry within a week, in days", () => {
    expect(expiring(48 * HOUR_MS)[0]).to.match(/^credential \S+\/a expires in 2 days; rotate it/);
    expect(expiring(24 * HOUR_MS)[0]).to.contain("in 1 day;");
    expect(expiring(HOUR_MS)[0]).to.contain("in less than a day;");
  });

  it("warns about an expired credential", () => {
    expect(expiring(-1)[0]).to.contain("has expired");
  });

  it("reports nothing for a later expiry or none", () => {
    expect(expiring(8 * 24 * HOUR_MS)).to.deep.equal([]);
    expect(textOf(credential("a"))).to.deep.equal([]);
  });

  it("warns about an overdue rotation", () => {
    const due = (at: string): Credential => ({
      ...credential("a"),
      annotations: { "podkey.dev/next-rotation": at },
    });
    expect(textOf(due("2026-05-31T23:00:00Z"))[0]).to.contain("is overdue for rotation");
    expect(textOf(due("2026-06-01T01:00:00Z"))).to.deep.equal([]);
  });
});
