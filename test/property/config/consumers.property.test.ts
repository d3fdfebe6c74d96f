/** Any file results in a configuration or in problems with their places. */
import { expect } from "chai";
import fc from "fast-check";
import { stringify } from "yaml";
import { loadConfig } from "../../../src/config/load/load.ts";
import type { ConfigProblem } from "../../../src/config/load/problem-report.ts";
import { ConfigError } from "../../../src/config/load/problem-report.ts";
import type { SidecarConfig } from "../../../src/config/schema/sidecar-config.ts";

const HEAD = "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\nnamespace: [shop]\n";
const FILE = "c.yaml";

/** The configuration or its problems. Any other error is a bug. */
async function load(text: string): Promise<SidecarConfig | readonly ConfigProblem[]> {
  try {
    const { config } = await loadConfig({
      flags: { origin: "flag", settings: new Map([["config", { texts: [FILE], where: "--config" }]]) },
      flagProblems: [],
      env: {},
      readText: () => Promise.resolve(text),
      onTerminal: false,
    });
    return config;
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function isProblems(loaded: SidecarConfig | readonly ConfigProblem[]): loaded is readonly ConfigProblem[] {
  return Array.isArray(loaded);
}

/** Every problem is one line with the line number of the file, if known. */
function expectReport(problems: readonly ConfigProblem[], text: string): void {
  expect(problems).to.have.length.greaterThan(0);
  for (const { where, problem } of problems) {
    expect(problem).to.match(/^.+$/u);
    expect(where).to.match(/^(c\.yaml(:\d+)?($|: )|--)/u);
    const line = /^c\.yaml:(\d+)/u.exec(where)?.[1];
    if (line !== undefined) expect(Number(line)).to.be.within(1, text.split("\n").length);
  }
}

const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 3 });
const rule = fc
  .record(
    {
      names: some(fc.constantFrom("db", "db-*", "*", "a.b")),
      namespaces: some(fc.constantFrom("shop", "bank")),
      keys: some(fc.constantFrom("password", "tls.crt")),
      types: some(fc.constantFrom("Opaque", "kubernetes.io/tls")),
    },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);
const entry = fc.record({
  allow: fc.array(rule, { maxLength: 4 }),
  uid: fc.option(fc.nat(), { nil: undefined }),
});

/** Values that templates produce by mistake. */
const wrong = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.5,
    1e300,
    "",
    "*",
    "unix:",
    "tcp:0.0.0.0:1",
    "é",
    "a=b,c",
    [],
    {},
    [[]],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const FIELDS = [
  "name",
  "listen",
  "socketMode",
  "uid",
  "gid",
  "tokenFile",
  "peer",
  "allow",
  "alow",
  "__proto__",
];
const RULE_FIELDS = ["names", "namespaces", "keys", "selector", "types", "key", "toString"];
const broken = fc.oneof(
  wrong,
  fc.dictionary(fc.constantFrom(...FIELDS), wrong),
  fc.record({
    name: fc.constant("web"),
    listen: fc.constant("unix:w.sock"),
    allow: fc.array(fc.oneof(wrong, fc.dictionary(fc.constantFrom(...RULE_FIELDS), wrong)), { maxLength: 3 }),
  }),
);

/** Pieces of YAML in any order: anchors, aliases, merges, tags and unterminated flows. */
const PIECES =
  "consumers: |\n|  - |name: a|listen: unix:a|allow:|&a |*a|*b|<<: |[|]|{|}|,|? |!!int |'|#|\t|--- |...|é";
const jumble = fc
  .array(fc.constantFrom(...PIECES.split("|"), "|", "\n"), { maxLength: 20 })
  .map((pieces) => pieces.join(""));

describe("configuration: any file", () => {
  it("gives each consumer exactly the rules of the file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 4 }), async (entries) => {
        const consumers = entries.map((one, at) => ({
          name: `c${String(at)}`,
          listen: `unix:/run/podkey/c${String(at)}.sock`,
          ...one,
        }));
        const loaded = await load(HEAD + stringify({ consumers }));
        if (isProblems(loaded)) throw new Error(JSON.stringify(loaded));
        expect(loaded.consumers.map(({ policy }) => policy.rules)).to.deep.equal(
          entries.map(({ allow }) => allow),
        );
        expect(loaded.consumers.map(({ uid }) => uid)).to.deep.equal(entries.map(({ uid }) => uid));
      }),
    );
  });

  it("rejects an invalid consumer with its line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(broken, { maxLength: 4 }), async (consumers) => {
        const text = HEAD + stringify({ consumers });
        const loaded = await load(text);
        if (!isProblems(loaded)) return;
        expectReport(loaded, text);
        for (const { where } of loaded) expect(where).to.match(/^c\.yaml:\d+: consumers/u);
      }),
      { numRuns: 500 },
    );
  });

  for (const [what, text] of [
    ["pieces of YAML below the head", jumble.map((pieces) => HEAD + pieces)],
    ["pieces of YAML as consumers", jumble.map((pieces) => `${HEAD}consumers:\n  - ${pieces}\n`)],
    ["any text", fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: "binary", maxLength: 40 }))],
    ["any JSON", fc.json()],
  ] as const)
    it(`is a configuration or a list of problems for ${what}`, async () => {
      await fc.assert(
        fc.asyncProperty(text, async (given) => {
          const loaded = await load(given);
          if (isProblems(loaded)) expectReport(loaded, given);
          else expect(loaded.consumers).to.have.length.greaterThan(0);
        }),
        { numRuns: 500 },
      );
    });
});
