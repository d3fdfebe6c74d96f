/**
 * Tests the conformance tests: copies of the Node example with one realistic fault each must fail at the step for this fault.
 * A step that a faulty client passes would prove nothing about the other clients.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { copyBuilt } from "../support/process/built-copy.ts";
import { EXAMPLES } from "./kit/language.ts";
import { ScriptRun } from "./kit/script-run.ts";
import { STEPS } from "./kit/steps.ts";

const ROOT = join(EXAMPLES, "..", "..");

/** One fault: where it is in the code, and which step must fail. */
interface Fault {
  readonly sentence: string;
  readonly file: "live-credentials.ts" | "main.ts";
  readonly right: string;
  readonly wrong: string;
  readonly step: string;
}

const live = (sentence: string, step: string, right: string, wrong: string): Fault => ({
  sentence,
  step,
  right,
  wrong,
  file: "live-credentials.ts",
});

const FAULTS: readonly Fault[] = [
  live(
    "gives up while podkey is not running yet",
    "late",
    "const REFUSALS = [",
    "const REFUSALS = [status.UNAVAILABLE,",
  ),
  live(
    "shows the items of a reset before its synced",
    "late",
    "incoming?.set(message.item.name, message.item)",
    'this.#swap("changed", new Map(this.#held).set(message.item.name, message.item))',
  ),
  {
    sentence: "treats bytes as text",
    step: "binary",
    file: "main.ts",
    right: ".update(value)",
    wrong: ".update(Buffer.from(value).toString())",
  },
  live(
    "applies each part of a change separately",
    "pieces",
    "if (!message.change.more) this.#swap",
    "this.#swap",
  ),
  live(
    "keeps removed credentials",
    "remove",
    "for (const { name } of removed) next.delete(name);",
    "void removed;",
  ),
  {
    sentence: "does not report why it is stale",
    step: "stale",
    file: "main.ts",
    right: "`stale ${reason}`",
    wrong: "`stale ${String(reason.length)}`",
  },
  live(
    "drops its credentials when podkey shuts down",
    "shut down",
    "this.#listener.onReconnect(",
    "this.#held = new Map();\n      this.#listener.onReconnect(",
  ),
  live(
    "does not keep its token",
    "resume",
    "this.#token = message.resumeToken;",
    "void message.resumeToken;",
  ),
  live(
    "adds a reset to the credentials that it holds",
    "restart",
    "[new Map(), []]",
    "[new Map(this.#held), []]",
  ),
];

describe("the script of steps", function () {
  this.timeout(60_000);
  let folder = "";
  let program = "";
  let run: ScriptRun | undefined;

  before(async () => {
    const dist = await copyBuilt();
    folder = mkdtempSync(join(tmpdir(), "podkey-faulty-"));
    cpSync(dist, join(folder, "dist"), { recursive: true });
    rmSync(dist, { recursive: true });
    program = join(folder, "dist", "podkey.js");
    cpSync(join(ROOT, "proto"), join(folder, "proto"), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, "examples", "clients"), { recursive: true });
  });
  afterEach(() => run?.end());
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A copy of the Node example with the fault. Its stubs are types only, so there is nothing to build. */
  function write({ file, right, wrong }: Fault, index: number): readonly string[] {
    const copy = join(folder, "examples", "clients", `fault-${String(index)}`);
    cpSync(join(EXAMPLES, "node"), copy, { recursive: true });
    const text = readFileSync(join(copy, file), "utf8");
    expect(text.split(right), `"${right}" in ${file}`).to.have.length(2);
    writeFileSync(
      join(copy, file),
      text.replace(right, () => wrong),
    );
    return [process.execPath, join(copy, "main.ts")];
  }

  /** The steps that pass, and the step that fails. */
  async function play(
    words: readonly string[],
  ): Promise<{ readonly passed: number; readonly failed: string }> {
    run = await ScriptRun.begin(words, program, "unix");
    for (const [passed, [name, , step]] of STEPS.entries()) {
      try {
        await step(run);
      } catch {
        return { passed, failed: name };
      }
    }
    return { passed: STEPS.length, failed: "" };
  }

  FAULTS.forEach((fault, index) => {
    it(`fails at step "${fault.step}" with a client that ${fault.sentence}`, async () => {
      expect(await play(write(fault, index))).to.deep.equal({
        passed: STEPS.findIndex(([name]) => name === fault.step),
        failed: fault.step,
      });
    });
  });
});
