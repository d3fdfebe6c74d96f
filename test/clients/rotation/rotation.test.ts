/**
 * The main use of podkey: the password of a database is rotated, and no request fails. Two roles take turns. After each turn the
 * old role may no longer log in, and its sessions are ended, because a session survives a change of the password and would
 * prove nothing. examples/rotation/{go,node} run queries all the time, with pgx and node-postgres.
 */
import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { buildClient } from "../../../tools/build-client.ts";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { exampleCache, EXAMPLES } from "../kit/language.ts";
import { ServedFolder } from "../kit/served-folder.ts";
import { go } from "../languages/go.ts";
import { findPostgres, PostgresServer } from "./postgres-server.ts";
import { ShopApp } from "./shop-app.ts";

const run = promisify(execFile);
const ROTATION = join(EXAMPLES, "..", "rotation");
const BIN = join(EXAMPLES, "..", "..", "node_modules", ".bin");

const ROTATIONS = 20;
/** Queries of each app after each rotation: at least 10,000 of each in total. */
const QUERIES_A_ROTATION = 500;
const MAX_MOVE_MS = 10_000;

/** The words that start each app. The first run downloads their libraries. */
async function buildApps(): Promise<Readonly<Record<"shop-go" | "shop-node", readonly string[]>>> {
  const goFolder = exampleCache("Go");
  mkdirSync(goFolder, { recursive: true });
  await go.prepare(goFolder);
  const program = join(goFolder, "shop");
  await run("go", ["vet", "./..."], { cwd: join(ROTATION, "go") });
  await run("go", ["build", "-o", program, "."], { cwd: join(ROTATION, "go") });
  await buildClient();
  await run("npm", ["ci", "--silent", "--no-audit", "--no-fund"], { cwd: join(ROTATION, "node") });
  await run(join(BIN, "tsc"), ["-p", "."], { cwd: join(ROTATION, "node") });
  await run(join(BIN, "eslint"), ["--no-ignore", "*.ts"], { cwd: join(ROTATION, "node") });
  return { "shop-go": [program], "shop-node": [process.execPath, join(ROTATION, "node", "main.ts")] };
}

/** The programs that this test needs and this machine does not have. */
function missing(): readonly string[] {
  const absent = findPostgres() === undefined ? ["PostgreSQL (Debian: postgresql)"] : [];
  if (spawnSync("go", ["version"]).status !== 0) absent.push("go");
  return absent;
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

describe("a rotated database password", function () {
  this.timeout(600_000);
  let dist = "";
  let postgres: PostgresServer;
  let served: ServedFolder;
  let apps: readonly ShopApp[] = [];
  let password = "";

  before(async function () {
    const absent = missing();
    if (absent.length > 0) {
      console.log(`      ROTATION IS NOT TESTED: ${absent.join(", ")} is missing`);
      this.skip();
    }
    const words = await buildApps();
    dist = await copyBuilt();
    postgres = await PostgresServer.start(findPostgres() ?? "");
    await postgres.ask("create role shop_a nologin", "create role shop_b nologin");
    served = await ServedFolder.make(join(dist, "podkey.js"), "unix");
    await served.start();
    await open("shop_a");
    const env = { ...postgres.env, PODKEY_ENDPOINT: served.endpoint };
    apps = [new ShopApp("shop-go", words["shop-go"], env), new ShopApp("shop-node", words["shop-node"], env)];
    for (const app of apps) await app.ready();
  });
  after(async () => {
    if (dist === "") return;
    for (const app of apps) app.kill();
    await served.close();
    await postgres.close();
    rmSync(dist, { recursive: true });
  });

  /** Lets a role log in with a new password, and writes it into the manifest. */
  async function open(role: string): Promise<void> {
    password = randomBytes(12).toString("hex");
    await postgres.ask(`alter role ${role} login password '${password}'`);
    served.write("database", { "db-main": { username: role, password } });
  }

  /** Sessions of an app as a role. */
  async function sessions(app: ShopApp, role: string): Promise<number> {
    const query = `select count(*) from pg_stat_activity where application_name = '${app.name}' and usename = '${role}'`;
    return Number((await postgres.ask(query))[0]);
  }

  /** Resolves when an app has sessions as the new role and none as the old one. @returns milliseconds it took. */
  async function moved(app: ShopApp, from: string, to: string, since: number): Promise<number> {
    for (;;) {
      if ((await sessions(app, from)) === 0 && (await sessions(app, to)) > 0)
        return performance.now() - since;
      expect(performance.now() - since, `${app.name} still uses ${from}`).to.be.below(MAX_MOVE_MS);
    }
  }

  /** Locks a role out and ends its sessions. @returns the applications that had one. */
  function lock(role: string): Promise<readonly string[]> {
    return postgres.ask(
      `alter role ${role} nologin`,
      `select application_name from (select application_name, pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}') as ended`,
    );
  }

  it(`makes no query of a Go or a Node app fail, ${String(ROTATIONS)} times`, async () => {
    const pids = apps.map(({ pid }) => pid);
    const moveMs: Record<string, number[]> = { "shop-go": [], "shop-node": [] };
    let roles: readonly [from: string, to: string] = ["shop_a", "shop_b"];
    for (const app of apps) await app.servesMore(100);
    const before = apps.map((app) => app.served);
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      const [from, to] = roles;
      const old = password;
      // A session that stays logged in as the old role, like an app that did not switch.
      const straggler = postgres.errorOf(from, old, "select pg_sleep(600)");
      const isIn = `select 1 from pg_stat_activity where application_name = 'psql' and query like '%sleep(600)' and usename = '${from}'`;
      while ((await postgres.ask(isIn)).length === 0);
      await open(to);
      const since = performance.now();
      await Promise.all(apps.map(async (app) => moveMs[app.name]?.push(await moved(app, from, to, since))));
      expect(await lock(from), "sessions that had to be ended").to.deep.equal(["psql"]);
      expect(await straggler).to.contain("terminating connection due to administrator command");
      expect(await postgres.errorOf(from, old, "select 1")).to.contain("is not permitted to log in");
      await Promise.all(apps.map((app) => app.servesMore(QUERIES_A_ROTATION)));
      roles = [to, from];
    }
    const last = [];
    for (const [index, app] of apps.entries()) {
      expect(app.pid, "not started again").to.equal(pids[index]);
      expect(app.failures, app.name).to.deep.equal([]);
      expect(app.served - (before[index] ?? 0)).to.be.at.least(ROTATIONS * QUERIES_A_ROTATION);
      const line = await app.stop();
      expect(line).to.match(/^done \d+ queries, 0 failed$/);
      const times = moveMs[app.name] ?? [];
      last.push(
        `      ${app.name}: ${line}; switched in ${median(times).toFixed(0)} ms (median), ${Math.max(...times).toFixed(0)} ms (slowest)`,
      );
    }
    console.log(`      ${String(ROTATIONS)} rotations\n${last.join("\n")}`);
  });
});
