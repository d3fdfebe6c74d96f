// The start, in virtual time.
import { expect } from "chai";
import type { StartupDeps } from "../../../../src/app/status/startup.ts";
import { Startup } from "../../../../src/app/status/startup.ts";
import type { StaleReason } from "../../../../src/core/time/freshness.ts";

interface Lab {
  readonly startup: Startup;
  readonly state: { synced: boolean; reason: StaleReason; missing: string[]; grant?: string };
  readonly log: string[];
  readonly kubelet: string[];
  readonly pass: (ms: number) => void;
}

function lab(timeoutMs = 0): Lab {
  const state: Lab["state"] = { synced: false, reason: "STARTING", missing: [] };
  const log: string[] = [];
  const kubelet: string[] = [];
  let nowMs = 0;
  const due = new Map<number, { readonly atMs: number; readonly task: () => void }>();
  let last = 0;
  const deps: StartupDeps = {
    timers: {
      after: (delayMs, task) => {
        const id = (last += 1);
        due.set(id, { atMs: nowMs + delayMs, task });
        return () => void due.delete(id);
      },
    },
    clock: { nowMs: () => nowMs, wallMs: () => Date.parse("2026-06-01T12:00:00Z") + nowMs },
    log: (event) => void log.push(event),
    access: {
      server: "https://10.0.0.1/",
      kind: "kubeconfig",
      user: () => "alice (user alice of context dev)",
      grant: () => state.grant,
    },
    timeoutMs,
    isSynced: () => state.synced,
    staleReason: () => state.reason,
    missing: () => state.missing,
    writeTermination: (reason) => void kubelet.push(reason),
  };
  const pass = (ms: number): void => {
    nowMs += ms;
    for (const [id, { atMs, task }] of [...due]) {
      if (atMs > nowMs || !due.delete(id)) continue;
      task();
    }
  };
  return { startup: new Startup(deps), state, log, kubelet, pass };
}

describe("startup", () => {
  it("ends when the source is synced and all required credentials exist", async () => {
    const { startup, state } = lab();
    state.synced = true;
    state.missing = ["db-*"];
    startup.check();
    expect(startup.isStarted).to.equal(false);
    expect(startup.waitsFor()).to.match(/^waiting for required credentials: none matches db-\*/);
    state.missing = [];
    startup.check();
    expect(await startup.ended()).to.deep.equal({ kind: "started" });
  });

  it("logs after 10 s what it is waiting for, and again only if that changes", () => {
    const { state, log, kubelet, pass } = lab();
    pass(10_000);
    pass(10_000);
    expect(log).to.deep.equal(["app_waiting"]);
    state.reason = "FORBIDDEN";
    pass(10_000);
    expect(kubelet).to.have.length(2);
    expect(kubelet[1]).to.match(
      /^podkey is waiting for the first sync: https:\/\/10\.0\.0\.1\/ denies list and watch of Secrets to alice/,
    );
  });

  it("clears the termination message when the start completes", () => {
    const { startup, state, kubelet, pass } = lab();
    pass(10_000);
    state.synced = true;
    startup.check();
    expect(kubelet.at(-1)).to.equal("");
  });

  it("ends after its timeout with the reason", async () => {
    const { startup, log, pass } = lab(5000);
    pass(5000);
    const end = await startup.ended();
    expect(end).to.include({ kind: "timeout", denied: false });
    expect(log).to.deep.equal(["app_first_sync_timeout"]);
  });

  it("names user, context, server, time and grant of a missing permission", () => {
    const { startup, state, pass } = lab();
    state.reason = "FORBIDDEN";
    pass(5000);
    expect(startup.waitsFor()).to.match(/run `podkey check` for the commands that grant them$/);
    state.grant = "kubectl create role podkey && kubectl create rolebinding podkey";
    pass(60_000);
    expect(startup.waitsFor()).to.equal(
      "waiting for the first sync: https://10.0.0.1/ denies list and watch of Secrets to alice (user alice of context dev) (403), since 2026-06-01T12:00:05Z; grant them with: kubectl create role podkey && kubectl create rolebinding podkey",
    );
  });

  it("names user, context, server and time of rejected credentials", () => {
    const { startup, state } = lab();
    state.reason = "UNAUTHORIZED";
    expect(startup.waitsFor()).to.equal(
      "waiting for the first sync: https://10.0.0.1/ does not accept the credentials of alice (user alice of context dev) (401), since 2026-06-01T12:00:00Z; log in again, or choose another context with --context",
    );
  });

  it("distinguishes a missing permission", async () => {
    const { startup, state, pass } = lab(5000);
    state.reason = "UNAUTHORIZED";
    pass(5000);
    expect(await startup.ended()).to.include({ denied: true });
  });

  it("does not report a missing credential as a missing permission", async () => {
    const { startup, state, pass } = lab(5000);
    Object.assign(state, { synced: true, reason: "FORBIDDEN", missing: ["x"] });
    pass(5000);
    expect(await startup.ended()).to.include({ denied: false });
  });
});
