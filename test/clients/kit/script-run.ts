/** One run of the script: the example, its podkey, and the expectations that every step uses. */
import { expect } from "chai";
import { ExampleProcess, plainCode } from "./example-process.ts";
import type { Transport } from "./served-folder.ts";
import { ServedFolder } from "./served-folder.ts";

/** The names that the example watches. */
export const NAMES = ["db-main", "blob-a", "blob-b"];

/** See the file header. */
export class ScriptRun {
  readonly served: ServedFolder;
  readonly example: ExampleProcess;
  readonly #words: readonly string[];

  private constructor(words: readonly string[], served: ServedFolder) {
    this.#words = words;
    this.served = served;
    this.example = this.run("live", ...NAMES);
  }

  /** Starts the example, before podkey. */
  static async begin(words: readonly string[], program: string, transport: Transport): Promise<ScriptRun> {
    return new ScriptRun(words, await ServedFolder.make(program, transport));
  }

  /** Another process of the example. */
  run(...args: readonly string[]): ExampleProcess {
    return new ExampleProcess([...this.#words, ...args], this.served.endpoint);
  }

  /** The next lines of state are exactly these. */
  async expectState(...lines: readonly string[]): Promise<void> {
    for (const line of lines) expect(await this.example.next("state")).to.equal(line);
  }

  /** The stream ended, any number of times; with only these codes, if any are given. */
  async expectReconnecting(...codes: readonly string[]): Promise<void> {
    const lines = [await this.example.next("connection"), ...this.example.drain("connection")].map(plainCode);
    for (const line of lines) expect(line).to.match(/^reconnecting [A-Z]+$/);
    if (codes.length > 0) expect(codes.map((code) => `reconnecting ${code}`)).to.include.members(lines);
  }

  /** Another process of the example is refused with this code. */
  async expectRefused(args: readonly string[], code: string): Promise<void> {
    const example = this.run(...args);
    const exitCode = await example.exited();
    const lines = example.drain("state").map(plainCode);
    expect(lines, example.transcript).to.deep.equal([`refused ${code}`]);
    expect(exitCode).to.equal(3);
  }

  /** Ends both. */
  async end(): Promise<void> {
    await this.example.kill();
    await this.served.close();
  }
}
