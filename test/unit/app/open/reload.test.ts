// Reloads: applied, rejected, and options that need a restart.
import { expect } from "chai";
import type { ReloadDeps } from "../../../../src/app/open/reload.ts";
import { Reloader } from "../../../../src/app/open/reload.ts";
import { loadConfig } from "../../../../src/config/load/load.ts";
import { ConfigError } from "../../../../src/config/load/problem-report.ts";
import type { LoadedConfig } from "../../../../src/config/schema/sidecar-config.ts";
import type { EventFields, EventName } from "../../../../src/log/events.ts";

const HEAD = "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\n";
const WEB = "consumers:\n  - {name: web, listen: 'unix:w.sock', allow: [{names: [db]}]}\n";

function load(text: string): Promise<LoadedConfig> {
  return loadConfig({
    flags: { origin: "flag", settings: new Map([["config", { texts: ["c.yaml"], where: "--config" }]]) },
    flagProblems: [],
    env: {},
    readText: () => Promise.resolve(HEAD + text),
    onTerminal: false,
  });
}

interface Lab {
  readonly reloader: Reloader;
  readonly events: (readonly [EventName, EventFields | undefined])[];
  readonly applied: string[];
  text: string;
}

async function lab(apply: ReloadDeps["apply"] = () => Promise.resolve()): Promise<Lab> {
  const events: Lab["events"] = [];
  const applied: string[] = [];
  const loaded = await load(WEB);
  const deps: ReloadDeps = {
    load: () => load(state.text),
    apply: (next) => {
      applied.push(next.consumers.map(({ name }) => name).join(","));
      return apply(next);
    },
    onReload: () => undefined,
    log: (event, fields) => void events.push([event, fields]),
  };
  const state: Lab = { reloader: new Reloader(deps, loaded), events, applied, text: WEB };
  return state;
}

describe("reload", () => {
  it("does nothing if nothing has changed", async () => {
    const { reloader, events, applied } = await lab();
    await reloader.reload();
    expect([events, applied]).to.deep.equal([[], []]);
  });

  it("applies changed consumers", async () => {
    const state = await lab();
    state.text = WEB.replace("web", "job");
    await state.reloader.reload();
    expect(state.applied).to.deep.equal(["job"]);
    expect(state.events.map(([event]) => event)).to.deep.equal(["app_config_reloaded"]);
  });

  it("logs options that need a restart, once", async () => {
    const state = await lab();
    state.text = `drain: 5s\n${WEB}`;
    await state.reloader.reload();
    await state.reloader.reload();
    expect(state.applied).to.deep.equal([]);
    expect(state.events).to.deep.equal([
      ["app_config_reloaded", { consumers: "web" }],
      ["app_restart_needed", { options: "drain" }],
    ]);
  });

  it("keeps the old configuration if the new one is not valid, and logs the problem", async () => {
    const state = await lab();
    state.text = "drain: soon\n";
    await state.reloader.reload();
    expect(state.applied).to.deep.equal([]);
    expect(state.events[0]?.[0]).to.equal("app_config_rejected");
    expect(state.events[0]?.[1]?.["problem"]).to.contain("c.yaml:3: drain");
  });

  for (const [what, text] of [
    ["without consumers", "maxStreams: 7\n"],
    ["that is empty after its head", ""],
  ] as const) {
    it(`rejects a file ${what}, which would let every client read everything`, async () => {
      const state = await lab();
      state.text = text;
      await state.reloader.reload();
      expect(state.applied).to.deep.equal([]);
      const [event, fields] = state.events[0] ?? [];
      expect(event).to.equal("app_config_rejected");
      expect(fields?.["problem"]).to.match(/^c\.yaml: has no `consumers` any more/);
    });
  }

  it("retries after a listener failed to open", async () => {
    let isBusy = true;
    const state = await lab(() =>
      isBusy ? Promise.reject(new ConfigError([{ where: "x", problem: "in use" }])) : Promise.resolve(),
    );
    state.text = WEB.replace("web", "job");
    await state.reloader.reload();
    isBusy = false;
    await state.reloader.reload();
    expect(state.applied).to.deep.equal(["job", "job"]);
    expect(state.events.map(([event]) => event)).to.deep.equal([
      "app_config_rejected",
      "app_config_reloaded",
    ]);
  });
});
