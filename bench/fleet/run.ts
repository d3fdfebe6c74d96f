/**
 * `npm run bench:fleet [-- --minutes 60 --sidecars 200]`: measures what sidecars cost a real kube-apiserver, by the
 * server's metrics and by bytes on the wire: the start, a change, a poll, and then rest, in real time and with podkey's
 * intervals. Writes bench/results/fleet.json, from which docs/scale.md is made.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { KubeTenant, SERVED } from "../../test/support/kube/kube-tenant.ts";
import { startKubeApiServer } from "../../test/support/kube/shared-kube-api-server.ts";
import { machine } from "../machine.ts";
import { ByteRelay } from "./byte-relay.ts";
import { Fleet } from "./fleet.ts";

/** Secrets in the namespace, 1 KB each, as a typical team has. */
const SECRETS = 20;
const SECRET_BYTES = 1024;
const CHANGES = 60;
const SETTLE_MS = 2_000;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    sidecars: { type: "string", default: "200" },
  },
});
const minutes = Number(values.minutes);
const sidecars = Number(values.sidecars);

const server = await startKubeApiServer();
const relay = await ByteRelay.start(server.port);
try {
  const tenant = await KubeTenant.create(server);
  const names = Array.from({ length: SECRETS }, (_, index) => `s${String(index)}`);
  await tenant.putMany(names, () => ({ value: "x".repeat(SECRET_BYTES) }));
  // The token is valid longer than the run, so that no renewal is measured.
  const token = await server.objects.requestToken(tenant.namespace, "podkey", (minutes + 30) * 60);
  const fleet = new Fleet({ server, relay, token, namespace: tenant.namespace });

  const idle = await fleet.measure("nobody there", () => delay(20_000));
  const start = await fleet.measure("start", () => fleet.start(sidecars));
  let version = 0;
  const write = async (): Promise<void> => {
    version += 1;
    const data = { value: String(version).padEnd(SECRET_BYTES, "x") };
    await server.objects.putSecret(tenant.namespace, "s0", { labels: SERVED, data });
  };
  const change = await fleet.measure(`${String(CHANGES)} changes`, async () => {
    for (let at = 0; at < CHANGES; at += 1) await Promise.all([write(), fleet.changed(), delay(500)]);
  });
  const poll = await fleet.measure("a list each", () => fleet.poll(sidecars));
  await delay(SETTLE_MS);
  const rest = await fleet.measure("rest", async () => {
    for (let minute = 1; minute <= minutes; minute += 1) {
      await delay(60_000);
      if (minute % 5 === 0) process.stdout.write(`  ${String(minute)} of ${String(minutes)} minutes\n`);
    }
  });
  const alone = await fleet.measure("the same changes, nobody there", async () => {
    fleet.stop();
    await delay(SETTLE_MS);
    for (let at = 0; at < CHANGES; at += 1) await Promise.all([write(), delay(500)]);
  });

  const setting = { sidecars, secrets: SECRETS, secretBytes: SECRET_BYTES, changes: CHANGES };
  const record = { machine: machine(), setting, idle, start, change, poll, rest, alone };
  const folder = join(import.meta.dirname, "../results");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "fleet.json"), `${JSON.stringify(record, undefined, 2)}\n`);
  fleet.stop();
} finally {
  relay.stop();
  await server.stop();
}
