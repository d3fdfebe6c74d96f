// Every name that users rely on (metrics, events, reasons, flags, alerts) is documented and asserted by a test. A name counts if
// it is in the code of a test that expects something, not in a comment.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CONSUMER_FIELDS } from "../../src/config/schema/consumers-schema.ts";
import { flagOf, variableOf } from "../../src/config/value/option.ts";
import { OPTION_KEYS } from "../../src/config/schema/schema.ts";
import { REASONS } from "../../src/core/errors/errors.ts";
import { EVENTS } from "../../src/log/events.ts";
import { METRICS } from "../../src/observe/metrics.ts";
import { ALERTS } from "../../tools/monitoring/alerts.ts";
import { ROOT } from "../support/docs/checkout.ts";

/** A kind of name, the page that documents it, and the forms in which a test may contain it. */
interface Catalogue {
  readonly kind: string;
  readonly page: string;
  readonly names: readonly string[];
  readonly forms: (name: string) => readonly string[];
}

const itself = (name: string): readonly string[] => [name];

const CATALOGUES: readonly Catalogue[] = [
  {
    kind: "metric",
    page: "metrics.md",
    names: Object.keys(METRICS),
    forms: (name) => [name, `${name}_count`],
  },
  { kind: "log event", page: "events.md", names: Object.keys(EVENTS), forms: itself },
  { kind: "error reason", page: "errors.md", names: Object.keys(REASONS), forms: itself },
  { kind: "flag", page: "configuration.md", names: OPTION_KEYS.map(flagOf), forms: itself },
  { kind: "variable", page: "configuration.md", names: OPTION_KEYS.map(variableOf), forms: itself },
  {
    kind: "field of a consumer",
    page: "configuration.md",
    names: [...new Set(Object.values(CONSUMER_FIELDS).flat())],
    forms: itself,
  },
  { kind: "alert", page: "operations.md", names: ALERTS.map(({ name }) => name), forms: itself },
];

/** The code of all tests that expect something, without comments, and the test of the alert rules. */
const TESTS = [
  ...globSync("test/{unit,property,contract,integration,process,docs,kube,long,clients,support}/**/*.ts", {
    cwd: ROOT,
  })
    .filter((file) => !file.endsWith("docs/coverage.test.ts"))
    .map((file) => readFileSync(join(ROOT, file), "utf8"))
    .filter((source) => /\bexpect\(|alerts: \[|\.logged\b/.test(source))
    .map((source) => source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "")),
  readFileSync(join(ROOT, "deploy/monitoring/rules.test.yaml"), "utf8"),
].join("\n");

const page = (name: string): string => readFileSync(join(ROOT, "docs", name), "utf8");
const asWord = (name: string): RegExp => new RegExp(`(?<![\\w-])${name}(?![\\w-])`);

/** The forms of an option in the tests: its flag, its variable or its field. */
const OPTION_FORMS: ReadonlyMap<string, readonly string[]> = new Map(
  OPTION_KEYS.flatMap((key) => {
    const forms = [flagOf(key), variableOf(key), key];
    return [flagOf(key), variableOf(key)].map((name) => [name, forms] as const);
  }),
);

describe("names that users rely on", () => {
  for (const { kind, page: file, names, forms } of CATALOGUES) {
    it(`documents every ${kind} in docs/${file}`, () => {
      const written = page(file);
      expect(names.length).to.be.greaterThan(7);
      expect(names.filter((name) => !asWord(name).test(written))).to.deep.equal([]);
    });

    it(`asserts every ${kind} in a test`, () => {
      const isAsserted = (name: string): boolean =>
        (OPTION_FORMS.get(name) ?? forms(name)).some((form) => asWord(form).test(TESTS));
      expect(names.filter((name) => !isAsserted(name))).to.deep.equal([]);
    });
  }

  it("documents no metric, event or error reason that does not exist", () => {
    const left = [
      ["metrics.md", METRICS],
      ["events.md", EVENTS],
      ["errors.md", REASONS],
    ] as const;
    for (const [file, table] of left) {
      const rows = [...page(file).matchAll(/^\| `([^`]+)`/gm)].map(([, name = ""]) => name);
      expect(
        rows.filter((name) => !(name in table)),
        file,
      ).to.deep.equal([]);
    }
  });
});
