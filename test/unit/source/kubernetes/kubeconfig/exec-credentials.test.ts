import { expect } from "chai";
import type { ExecCredential } from "../../../../../src/source/kubernetes/kubeconfig/exec-credential.ts";
import { createExecCredentials } from "../../../../../src/source/kubernetes/kubeconfig/exec-credentials.ts";
import { ManualTime } from "../../../../support/core/manual-time.ts";

const HOUR_MS = 3_600_000;

describe("exec credentials", () => {
  let time: ManualTime;
  let runs: number;
  let results: (ExecCredential | Error)[];

  beforeEach(() => {
    time = new ManualTime();
    runs = 0;
    results = [];
  });

  const token = (text: string, expiresAtWallMs?: number): ExecCredential => ({
    token: text,
    cert: undefined,
    key: undefined,
    expiresAtWallMs,
  });

  function create(...answers: (ExecCredential | Error)[]): ReturnType<typeof createExecCredentials> {
    results.push(...answers);
    return createExecCredentials({
      clock: time,
      run: () => {
        runs += 1;
        const next = results.shift();
        if (next === undefined) throw new Error("no more answers");
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      },
    });
  }

  it("runs the plugin once for concurrent requests, and keeps credentials without expiry", async () => {
    const credentials = create(token("one"));
    await Promise.all([credentials.current(), credentials.current()]);
    time.advance(100 * HOUR_MS);
    expect((await credentials.current()).token).to.equal("one");
    expect(runs).to.equal(1);
  });

  it("runs the plugin again when the credentials have expired by the wall clock", async () => {
    const credentials = create(token("one", time.wallMs() + HOUR_MS), token("two"));
    await credentials.current();
    time.advance(HOUR_MS - 1);
    expect((await credentials.current()).token).to.equal("one");
    time.advance(1);
    expect((await credentials.current()).token).to.equal("two");
  });

  it("rejects with the plugin's error instead of using expired credentials, and tries again after 5 s", async () => {
    const credentials = create(token("one", time.wallMs() + 10), new Error("log in first"), token("two"));
    await credentials.current();
    time.advance(10);
    const reason = (error: unknown): string => (error as Error).message;
    expect(await credentials.current().catch(reason)).to.equal("log in first");
    time.advance(4_999);
    expect(await credentials.current().catch(reason)).to.equal("log in first");
    expect(runs, "not started in between").to.equal(2);
    time.advance(1);
    expect(await credentials.current()).to.include({ token: "two" });
  });

  it("runs the plugin again when the credentials are refused, once for all refused requests", async () => {
    const credentials = create(token("one"), token("two"), token("two"));
    await credentials.current();
    time.advance(1_000);
    expect(await Promise.all([credentials.renew(), credentials.renew()])).to.deep.equal([true, true]);
    expect(await credentials.renew(), "refused a moment later with the old ones").to.equal(false);
    expect(runs).to.equal(2);
    time.advance(1_000);
    expect(await credentials.renew(), "the same credentials").to.equal(false);
    expect(runs).to.equal(3);
  });
});
