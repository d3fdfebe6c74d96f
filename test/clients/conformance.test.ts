/**
 * Runs the script of README.md with the example of every language over both transports, against the bundled podkey. One
 * describe is one run. Its steps build on each other, so after a failed step the others are not run.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyBuilt } from "../support/process/built-copy.ts";
import { exampleCache } from "./kit/language.ts";
import { ScriptRun } from "./kit/script-run.ts";
import { STEPS } from "./kit/steps.ts";
import type { Transport } from "./kit/served-folder.ts";
import { LANGUAGES } from "./languages/all.ts";

const TRANSPORTS: readonly Transport[] = ["unix", "tcp"];

/** The first run downloads the libraries, and C++ takes long to compile. */
const PREPARE_TIMEOUT_MS = 1_200_000;
const STEP_TIMEOUT_MS = 30_000;

/** The result of each language, for the sentence at the end. */
const passed: string[] = [];
const missing: string[] = [
  ".NET (there is no example: Debian 12 has no .NET SDK, and Grpc.Net.Client is available from NuGet only)",
];
let dist: string | undefined;

/** Built once, copied once: another build in the meantime does not affect this run. */
async function program(): Promise<string> {
  dist ??= await copyBuilt();
  return join(dist, "podkey.js");
}

after(() => {
  if (dist !== undefined) rmSync(dist, { recursive: true });
  console.log(`\n  every step, over a Unix socket and over TCP: ${passed.join(", ") || "no language"}`);
  console.log(`  not tried, ${String(missing.length)}: ${missing.join(", ")}`);
});

for (const language of LANGUAGES)
  describe(`the client of ${language.name}`, function () {
    this.timeout(PREPARE_TIMEOUT_MS);
    let words: readonly string[] = [];
    let stepsLeft = TRANSPORTS.length * STEPS.length;

    before(async function () {
      language.install?.();
      const absent = language.needs.filter(([tool, argument]) => spawnSync(tool, [argument]).status !== 0);
      if (absent.length > 0) {
        const tools = absent.map(([tool]) => tool).join(", ");
        missing.push(`${language.name} (${tools} is not on the PATH)`);
        console.log(`      ${language.name} IS NOT TESTED: ${tools} is not on the PATH`);
        this.skip();
      }
      const folder = exampleCache(language.name);
      mkdirSync(folder, { recursive: true });
      words = await language.prepare(folder);
    });
    after(() => {
      if (stepsLeft === 0) passed.push(language.name);
    });

    for (const transport of TRANSPORTS)
      describe(`${language.name} over ${transport}`, function () {
        this.timeout(STEP_TIMEOUT_MS);
        let run: ScriptRun | undefined;
        let isBroken = false;

        before(async () => {
          run = await ScriptRun.begin(words, await program(), transport);
        });
        beforeEach(function () {
          if (isBroken) this.skip();
        });
        afterEach(function () {
          if (this.currentTest?.state === "passed") stepsLeft--;
          else {
            if (!isBroken)
              console.log(`      what ${language.name} printed:\n${run?.example.transcript ?? ""}`);
            isBroken = true;
          }
        });
        after(() => run?.end());

        for (const [name, sentence, play] of STEPS)
          it(`${name}: ${sentence}`, async () => {
            if (run !== undefined) await play(run);
          });
      });
  });
