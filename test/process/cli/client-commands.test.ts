// get, list and watch as processes with a podkey that serves a folder: output, exit codes, files, commands.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Ended } from "../../support/process/run-podkey.ts";
import { RunningPodkey, runPodkey } from "../../support/process/run-podkey.ts";

const MAIN = join(import.meta.dirname, "../../../src/main.ts");

function secret(name: string, password: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, labels: {tier: ${name}}}\nstringData: {password: ${password}}\n`;
}

describe("client commands", function () {
  this.timeout(20_000);
  let folder: string;
  let socket: string;
  let server: RunningPodkey;
  const started: RunningPodkey[] = [];

  async function serve(): Promise<void> {
    const source = ["--source", "manifests", "--manifests", join(folder)];
    server = start(["serve", ...source, "--listen", `unix:${socket}`, "--admin", "none"]);
    await server.logged("app_ready");
  }
  function start(args: readonly string[]): RunningPodkey {
    const podkey = new RunningPodkey(args, { env: { PODKEY_ENDPOINT: `unix:${socket}` } });
    started.push(podkey);
    return podkey;
  }
  const run = (...args: readonly string[]): Promise<Ended> =>
    runPodkey(args, { env: { PODKEY_ENDPOINT: `unix:${socket}` } });
  const write = (name: string, password: string): void =>
    writeFileSync(join(folder, `${name}.yaml`), secret(name, password));

  const setUp = async (): Promise<void> => {
    folder = mkdtempSync(join(tmpdir(), "podkey-cli-"));
    socket = join(folder, "podkey.sock");
    write("db", "one-canary");
    write("web", "two-canary");
    await serve();
  };
  const tearDown = async (): Promise<void> => {
    for (const podkey of started.splice(0)) {
      podkey.kill("SIGKILL");
      await podkey.ended();
    }
    rmSync(folder, { recursive: true });
  };

  describe("get and list", () => {
    before(setUp);
    after(tearDown);

    it("print no values in the tables of list and get", async () => {
      const { code, stdout } = await run("list");
      expect(code).to.equal(0);
      expect(stdout).to.match(
        /^NAMESPACE.*\ndefault +db .*\ndefault +web .*\n2 credentials, revision 1, fresh, as of /,
      );
      expect((await run("list", "-l", "tier=web", "-o", "name")).stdout).to.equal("default/web\n");
      const detail = await run("get", "default/db");
      expect(detail.stdout).to.match(/password +10 B\n$/);
      expect(stdout + detail.stdout).not.to.contain("canary");
    });

    it("print base64 like kubectl with --show-values", async () => {
      const { stdout } = await run("get", "db", "-o", "json", "--show-values");
      expect(JSON.parse(stdout)).to.have.nested.property(
        "data.password",
        Buffer.from("one-canary").toString("base64"),
      );
      expect((await run("list", "-o", "yaml")).stdout).not.to.match(/canary|^ *data:/m);
    });

    const wrong: readonly (readonly [string, readonly string[], number, RegExp])[] = [
      ["an unknown name", ["get", "nope"], 6, /no credential "default\/nope".*CREDENTIAL_NOT_FOUND/],
      ["an unknown key", ["get", "db", "--key", "nope"], 6, /KEY_NOT_FOUND/],
      ["an invalid selector", ["list", "-l", "a=b=c"], 2, /BAD_SELECTOR/],
      ["-o raw without a key", ["get", "db", "-o", "raw"], 2, /name it with --key/],
      ["--write without a key", ["watch", "db", "--write", "x"], 2, /give one NAME and --key/],
      [
        "two keys for one file",
        ["watch", "db", "--key", "a", "--key", "b", "--write", "x"],
        2,
        /2 --key and 1 --write/,
      ],
      ["an open quote in --exec", ["watch", "--exec", "echo 'a"], 2, /open quote at character 6/],
      ["an invalid endpoint", ["list", "--endpoint", "foo"], 2, /"foo" is not a valid address/],
      ["a missing socket", ["list", "--endpoint", "unix:/nowhere.sock"], 7, /there is no socket at/],
      [
        "a watch on a missing socket",
        ["watch", "--endpoint", "unix:/nowhere.sock"],
        7,
        /there is no socket at/,
      ],
    ];
    for (const [what, args, exitCode, sentence] of wrong) {
      it(`exit with ${exitCode} and one sentence for ${what}`, async () => {
        const { code, stdout, stderr } = await run(...args);
        expect(stderr)
          .to.match(/^podkey: [^\n]+\n$/)
          .and.to.match(sentence);
        expect([code, stdout]).to.deep.equal([exitCode, ""]);
      });
    }
  });

  describe("watch", () => {
    beforeEach(setUp);
    afterEach(tearDown);

    it("writes only the bytes of a key with -o raw", async () => {
      const bytes = Buffer.from([0, 255, 10, 13, 128]);
      const text = `apiVersion: v1\nkind: Secret\nmetadata: {name: raw}\ndata: {key: ${bytes.toString("base64")}}\n`;
      const watch = start(["watch", "-o", "name"]);
      await watch.printed(/default\/web/);
      writeFileSync(join(folder, "raw.yaml"), text);
      await watch.printed(/default\/raw/);
      const written = await new Promise<Buffer>((resolve, reject) => {
        const args = [MAIN, "get", "raw", "--key", "key", "-o", "raw", "--endpoint", `unix:${socket}`];
        execFile(process.execPath, args, { encoding: "buffer" }, (error, stdout) =>
          error === null ? resolve(stdout) : reject(new Error("get failed", { cause: error })),
        );
      });
      expect(written).to.deep.equal(bytes);
    });

    it("misses nothing over a restart of podkey, and exits with 0 on SIGINT", async () => {
      const watch = start(["watch"]);
      await watch.printed(/SYNCED +2 credentials/);
      server.kill("SIGTERM");
      await server.ended();
      await watch.printed(/INTERRUPTED/);
      rmSync(join(folder, "web.yaml"));
      write("new", "three-canary");
      await serve();
      await watch.printed(/DELETED +default\/web[^]*ADDED +default\/new[^]*SYNCED +2 credentials/);
      watch.kill("SIGINT");
      const { code, stdout } = await watch.ended();
      expect(code).to.equal(0);
      expect(stdout).not.to.contain("canary");
    });

    it("keeps a file at the newest value and runs a command after each write", async () => {
      const file = join(folder, "password");
      const watch = start(["watch", "db", "--key", "password", "--write", file, "--exec", "echo 'ran it'"]);
      await watch.printed(/ended with exit code 0/);
      expect(readFileSync(file, "utf8")).to.equal("one-canary");
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      write("db", "changed-canary");
      await watch.printed(/revision 2\)/);
      await watch.printed(/ran it\nran it\n/);
      expect(readFileSync(file, "utf8")).to.equal("changed-canary");
      rmSync(join(folder, "db.yaml"));
      await watch.printed(/removed /);
      expect(existsSync(file)).to.equal(false);
      watch.kill("SIGTERM");
      expect(await watch.ended()).to.include({ code: 0 });
      expect(watch.output).not.to.contain("canary");
    });

    it("waits for podkey with --write", async () => {
      server.kill("SIGTERM");
      await server.ended();
      const file = join(folder, "password");
      const watch = start(["watch", "db", "--key", "password", "--write", file]);
      await watch.printed(/there is no socket at .*; retrying/);
      await serve();
      await watch.printed(/wrote /);
      expect(readFileSync(file, "utf8")).to.equal("one-canary");
    });

    it("stops a running command of --exec before it ends", async () => {
      const watch = start([
        "watch",
        "--exec",
        `${process.execPath} -e 'console.log("busy");setInterval(()=>{},1e6)'`,
      ]);
      await watch.printed(/SYNCED/);
      write("db", "changed-canary");
      await watch.printed(/busy/);
      watch.kill("SIGTERM");
      expect((await watch.ended()).code).to.equal(0);
      expect(watch.output).to.contain("was ended by SIGTERM");
    });
  });
});
