// Incidents in the pod: volumes, configuration, consumers.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Incident } from "../../../support/drill/incident.ts";
import type { Stage } from "../../../support/drill/stage.ts";
import { StoppedReader } from "../../../support/rpc/stopped-reader.ts";

/** root can write everywhere. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534 } : {};

function readOnlyFolder(stage: Stage): string {
  const folder = join(stage.folder, "read-only");
  mkdirSync(folder, { mode: 0o555 });
  chmodSync(stage.folder, 0o755);
  for (const file of ["kubeconfig", "termination-log"]) {
    writeFileSync(join(stage.folder, file), "");
    chmodSync(join(stage.folder, file), 0o666);
  }
  return folder;
}

function writePolicy(stage: Stage, allow: string): string {
  const file = join(stage.folder, "podkey.yaml");
  writeFileSync(
    file,
    `apiVersion: config.podkey.dev/v1
kind: SidecarConfiguration
consumers:
  - name: web
    listen: unix:${stage.socket}
    allow: ${allow}
`,
  );
  return file;
}

/** 320 KB, five times the flow control window of a client. */
function rotate(stage: Stage, version: number): void {
  for (let at = 0; at < 20; at += 1)
    stage.server.putSecret("default", `big-${String(at)}`, { value: String(version).padEnd(16_384, "x") });
}

export const POD_INCIDENTS: readonly Incident[] = [
  {
    title: "Socket folder read-only",
    play: async (stage) => {
      const folder = readOnlyFolder(stage);
      await stage.serve(["--listen", `unix:${join(folder, "podkey.sock")}`], NOBODY);
      const { stderr } = await stage.podkey.ended();
      return { before: undefined, during: await stage.scrape(), log: stderr.trim(), fields: [] };
    },
    metric: ["up"],
    alerts: ["PodkeyDown"],
    atMinutes: 6,
    check: { line: /^fail +listener +(.*)$/m, code: 4 },
    ...NOBODY,
    termination: true,
  },
  {
    title: "Slow consumer",
    play: async (stage) => {
      rotate(stage, 1);
      await stage.serve();
      await stage.logged("app_ready");
      const reader = new StoppedReader(stage.socket, { heartbeatInterval: { seconds: 300 } });
      try {
        await reader.until(({ event }) => event === "synced");
        const before = await stage.scrape();
        // The first change is in flight to the stopped reader, so the second one waits.
        const beside = stage.client().watch({ names: ["big-19"] });
        await beside.until(({ event }) => event === "synced");
        for (const version of [2, 3]) {
          rotate(stage, version);
          await beside.until(
            ({ change }) => change?.changed[0]?.data["value"]?.toString()[0] === String(version),
          );
        }
        const log = await stage.logged("rpc_slow_consumer");
        return { before, during: await stage.scrape(), log, fields: ["consumer"] };
      } finally {
        reader.close();
      }
    },
    metric: ["podkey_limit_rejections_total", 'limit="slow_consumer"'],
    alerts: ["PodkeySlowConsumer"],
    atMinutes: 6,
    check: { line: /^ok +listener +(.*)$/m, code: 0 },
  },
  {
    title: "Policy file broken",
    play: async (stage) => {
      await stage.serve(["--config", writePolicy(stage, "[{names: [db]}]")]);
      await stage.logged("app_ready");
      const before = await stage.scrape();
      writePolicy(stage, "[{}]");
      const log = await stage.logged("app_config_rejected");
      return { before, during: await stage.scrape(), log, fields: ["problem"] };
    },
    metric: ["podkey_config_last_reload_successful"],
    alerts: ["PodkeyConfigRejected"],
    atMinutes: 6,
    check: { line: /^fail +configuration +(.*)$/m, code: 2 },
  },
];
