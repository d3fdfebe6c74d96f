// The output of a crash: the exit code and stack frames, without values.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Canaries } from "../support/process/canary.ts";
import { RunningPodkey } from "../support/process/run-podkey.ts";

/** Code that fails with an error that contains the canary in every field. */
const BUGS: Readonly<Record<string, (canary: string) => string>> = {
  "an error that nobody catches": (canary) => `throw new Error(${canary}, { cause: new Error(${canary}) })`,
  "a rejection that nobody takes": (canary) => `void Promise.reject(new Error(${canary}))`,
  "a thrown text": (canary) => `throw ${canary}`,
  "a rejection with an object": (canary) => `void Promise.reject({ value: ${canary} })`,
  "an error of a class with the value for a name": (canary) =>
    `throw Object.assign(new Error(${canary}), { code: ${canary} })`,
};

describe("crash output", function () {
  this.timeout(20_000);

  for (const [what, bug] of Object.entries(BUGS))
    it(`has the place and no value after ${what}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "podkey-crash-"));
      const canaries = new Canaries();
      const value = canaries.plant("the value");
      writeFileSync(
        join(folder, "db.yaml"),
        `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: ${value}}\n`,
      );
      const code = `process.on("SIGUSR2", () => { ${bug(JSON.stringify(value))} })`;
      const source = ["--source", "manifests", "--manifests", folder];
      const podkey = new RunningPodkey(
        ["serve", ...source, "--listen", `unix:${join(folder, "p.sock")}`, "--admin", "none"],
        { cwd: folder, nodeArgs: [`--import=data:text/javascript,${encodeURIComponent(code)}`] },
      );
      await podkey.logged("app_ready");
      podkey.kill("SIGUSR2");
      const { code: exitCode, stdout, stderr } = await podkey.ended();
      expect(exitCode, stderr).to.equal(70);
      expect(stderr).to.match(/^podkey: ended by a bug \(\w+\); please report it with this line:/);
      // The code is a data: URL, so the frame contains the code itself. Normally it contains a file name.
      const said = (stdout + stderr).replaceAll(/data:text\/javascript,\S*/g, "");
      expect(canaries.foundIn(said)).to.deep.equal([]);
      expect(readdirSync(folder).filter((name) => !/^(db\.yaml|p\.sock)$/.test(name))).to.deep.equal([]);
      rmSync(folder, { recursive: true });
    });
});
