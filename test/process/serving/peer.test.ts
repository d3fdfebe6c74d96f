/**
 * Two consumers with two users and two sockets, as for two containers of a pod. podkey verifies the uid of the client
 * (SO_PEERCRED), so each user gets only its own credentials, even if it can reach both sockets.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { copyBuilt } from "../../support/process/built-copy.ts";
import type { Ended } from "../../support/process/run-podkey.ts";
import { RunningPodkey, runPodkey } from "../../support/process/run-podkey.ts";

const USERS = { web: 12_001, job: 12_002 } as const;
type Consumer = keyof typeof USERS;

const MANIFESTS = ["web-key", "job-key"]
  .map((name) => `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\nstringData: {value: of-${name}}\n`)
  .join("---\n");

describe("peer: two consumers", function () {
  this.timeout(30_000);
  let folder = "";
  let bundle = "";
  let podkey: RunningPodkey | undefined;

  before(async function () {
    // Only root can run processes as other users.
    if (process.platform !== "linux" || process.getuid?.() !== 0) this.skip();
    bundle = await copyBuilt();
    folder = mkdtempSync(join(tmpdir(), "podkey-peer-"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "keys.yaml"), MANIFESTS);
    const consumers = (Object.keys(USERS) as Consumer[]).map(
      (name) =>
        `  - {name: ${name}, listen: "unix:${folder}/${name}.sock", socketMode: "0666", ` +
        `peer: {uid: ${String(USERS[name])}, gid: ${String(USERS[name])}}, ` +
        `allow: [{names: [${name}-key], namespaces: [default]}]}\n`,
    );
    const head = "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\nnamespace: [default]\n";
    writeFileSync(join(folder, "podkey.conf"), `${head}consumers:\n${consumers.join("")}`);
    podkey = new RunningPodkey(
      [
        "serve",
        "--source",
        "manifests",
        "--manifests",
        folder,
        "--config",
        join(folder, "podkey.conf"),
      ].concat(["--admin", "none", "--audit", "all"]),
      { program: join(bundle, "podkey.js") },
    );
    await podkey.logged("app_ready");
  });
  after(async () => {
    podkey?.kill("SIGTERM");
    await podkey?.ended();
    for (const made of [folder, bundle]) if (made !== "") rmSync(made, { recursive: true });
  });

  /** Runs a client command as the user of one consumer on the socket of another consumer. */
  const run = (as: Consumer, socketOf: Consumer, ...args: readonly string[]): Promise<Ended> =>
    runPodkey([...args, "--endpoint", `unix:${folder}/${socketOf}.sock`, "--timeout", "5s"], {
      program: join(bundle, "podkey.js"),
      uid: USERS[as],
    });

  for (const [mine, theirs] of [
    ["web", "job"],
    ["job", "web"],
  ] as const) {
    it(`${mine} can read only its own credential on its own socket`, async () => {
      const value = await run(mine, mine, "get", `${mine}-key`, "--key", "value", "-o", "raw");
      expect(value).to.include({ code: 0, stdout: `of-${mine}-key` });
      const { stdout } = await run(mine, mine, "list", "-o", "name");
      expect(stdout.trim().split("\n")).to.have.length(1);
      expect(stdout).to.include(`${mine}-key`).and.not.include(theirs);
    });

    it(`${mine} cannot read the other credential on its own socket`, async () => {
      const { code, stdout, stderr } = await run(mine, mine, "get", `${theirs}-key`);
      expect([code, stdout]).to.deep.equal([3, ""]);
      expect(stderr).to.not.include("PEER_DENIED");
    });

    for (const command of [["get", `${theirs}-key`], ["get", `${mine}-key`], ["list"], ["watch"]])
      it(`${mine} cannot run \`${command.join(" ")}\` on the socket of ${theirs}`, async () => {
        const { code, stdout, stderr } = await run(mine, theirs, ...command);
        expect([code, stdout]).to.deep.equal([3, ""]);
        expect(stderr).to.match(/kernel|peer/i);
      });
  }

  it("audit lines have the uid of the client", () => {
    const lines = (podkey?.output ?? "")
      .split("\n")
      .filter((line) => line.includes('"event":"audit_'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const find = (consumer: string, outcome: string): Readonly<Record<string, unknown>> | undefined =>
      lines.find((line) => line["consumer"] === consumer && line["outcome"] === outcome);
    expect(find("web", "ok")?.["peer"]).to.match(/uid=12001 gid=12001$/);
    expect(find("web", "POLICY_DENIED")?.["names"]).to.equal("job-key");
    expect(find("web", "PEER_DENIED")?.["peer"]).to.match(/uid=12002 gid=12002$/);
    const watches = lines.filter(
      ({ event, outcome }) => event === "audit_watch" && outcome === "PEER_DENIED",
    );
    expect(watches).to.have.length(2);
    expect(podkey?.output).to.not.include("of-web-key").and.not.include("of-job-key");
  });
});

describe("peer: without kernel credentials", function () {
  this.timeout(30_000);

  it("is rejected at the start with a sentence that names what is missing", async function () {
    if (process.platform !== "linux") this.skip();
    const bundle = await copyBuilt();
    rmSync(join(bundle, "node_modules"), { recursive: true });
    writeFileSync(
      join(bundle, "podkey.conf"),
      "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\nnamespace: [default]\nconsumers:\n" +
        `  - {name: web, listen: "unix:${bundle}/web.sock", peer: {uid: 1}, allow: [{names: [a]}]}\n`,
    );
    const args = ["serve", "--source", "manifests", "--manifests", bundle, "--admin", "none"];
    const { code, stdout, stderr } = await runPodkey([...args, "--config", join(bundle, "podkey.conf")], {
      program: join(bundle, "podkey.js"),
    });
    expect(code).to.equal(2);
    expect(stdout + stderr).to.match(/web names a peer, but kernel credentials cannot be read here/);
    expect(stdout + stderr).to.not.include("    at ");
    rmSync(bundle, { recursive: true });
  });
});
