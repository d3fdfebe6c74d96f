// `podkey config` prints what podkey accepts.
import { expect } from "chai";
import { explainOption, printOptions } from "../../../../src/config/explain/explain.ts";
import { CONSUMER_FIELDS } from "../../../../src/config/schema/consumers-schema.ts";
import { explainConsumerField, isConsumerPath } from "../../../../src/config/explain/explain-consumers.ts";
import { fileJsonSchema } from "../../../../src/config/explain/json-schema.ts";
import type { Setting } from "../../../../src/config/load/layer.ts";
import { loadConfig } from "../../../../src/config/load/load.ts";
import { flagOf, variableOf } from "../../../../src/config/value/option.ts";
import type { OptionKey } from "../../../../src/config/schema/schema.ts";
import { OPTION_KEYS } from "../../../../src/config/schema/schema.ts";
import type { LoadedConfig } from "../../../../src/config/schema/sidecar-config.ts";

function loadFile(text: string, flags: Partial<Record<OptionKey, string>> = {}): Promise<LoadedConfig> {
  const settings = new Map<OptionKey, Setting>([["config", { texts: ["c.yaml"], where: "--config" }]]);
  for (const [key, value] of Object.entries(flags)) {
    settings.set(key as OptionKey, { texts: [value], where: flagOf(key) });
  }
  return loadConfig({
    flags: { origin: "flag", settings },
    flagProblems: [],
    env: {},
    readText: () => Promise.resolve(text),
    onTerminal: false,
  });
}

const HEAD = "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\n";

describe("config print", () => {
  it("prints the defaults, which load again as the defaults", async () => {
    const { config } = await loadFile(HEAD);
    expect((await loadFile(printOptions(undefined))).config).to.deep.equal(config);
  });

  it("prints the current configuration with consumers and modes, which loads again unchanged", async () => {
    const loaded = await loadFile(
      `${HEAD}maxStale: 2m
names: [shop/a, shop/b]
consumers:
  - name: web
    listen: unix:w.sock
    socketMode: 0666
    peer: {uid: 1001}
    allow:
      - {names: [db], keys: [user], namespaces: [shop]}
      - {selector: "a=b,!c,d notin (e,f)", namespaces: [shop]}
`,
    );
    const printed = printOptions(loaded);
    expect((await loadFile(printed)).config).to.deep.equal(loaded.config);
    expect(printed).to.contain("maxStale: 2m # file\n").and.to.contain("drain: 1s # default\n");
  });

  it("prints a consumer of the file that is named default, with its rules", async () => {
    const loaded = await loadFile(
      `${HEAD}consumers: [{name: default, listen: "unix:w.sock", allow: [{names: [db], namespaces: [shop]}]}]\n`,
    );
    expect((await loadFile(printOptions(loaded))).config).to.deep.equal(loaded.config);
  });

  it("shows the flag as the origin of its value", async () => {
    expect(printOptions(await loadFile(HEAD, { drain: "2s" }))).to.contain("drain: 2s # flag\n");
  });
});

describe("config explain: options", () => {
  for (const key of OPTION_KEYS) {
    it(`finds ${key} by field, flag and variable`, () => {
      for (const name of [key, flagOf(key), variableOf(key)]) {
        const text = explainOption(name);
        expect(text.ok && text.value)
          .to.contain(flagOf(key))
          .and.to.contain(variableOf(key));
      }
    });
  }

  it("suggests the nearest option for an unknown one", () => {
    expect(explainOption("maxStail")).to.deep.equal({
      ok: false,
      problem: "maxStail is not a field of the configuration; did you mean maxStale?",
    });
  });
});

describe("config explain: consumers", () => {
  const paths = [
    "consumers",
    ...CONSUMER_FIELDS.consumers.map((field) => `consumers.${field}`),
    ...CONSUMER_FIELDS.allow.map((field) => `consumers.allow.${field}`),
    ...CONSUMER_FIELDS.peer.map((field) => `consumers.peer.${field}`),
  ];
  for (const path of paths) {
    it(`explains ${path} in a sentence`, () => {
      const text = explainConsumerField(path);
      expect(text.ok && text.value).to.match(/^consumers[.a-zA-Z]*: [A-Z].*\.\n\nfile: {6}consumers/);
    });
  }

  it("accepts a path with indices, and shows the place of the field", () => {
    expect(explainConsumerField("consumers[0].allow[1].names")).to.deep.equal({
      ok: true,
      value:
        "consumers.allow.names: Exact names, or patterns with *.\n\n" +
        "file:      consumers[].allow[].names\nrequired:  no\n",
    });
    expect(["consumers", "consumers[0].name", "consumersX", "listen"].map(isConsumerPath)).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });

  it("suggests the nearest field, or lists all", () => {
    const problem = (path: string): string => {
      const text = explainConsumerField(path);
      return text.ok ? "" : text.problem;
    };
    expect(problem("consumers.allow.nmaes")).to.equal(
      "consumers.allow.nmaes is not a field of the configuration; did you mean consumers[].allow.names?",
    );
    expect(problem("consumers.peer.zzzzzz")).to.match(/of consumers\[\]\.peer, its fields are uid, gid$/);
    expect(problem("consumers.name.x")).to.match(/it has no fields$/);
  });
});

describe("config schema", () => {
  it("describes every field of the file and allows no other fields", () => {
    const schema = fileJsonSchema() as {
      readonly properties: object;
      readonly additionalProperties: boolean;
    };
    const fields = OPTION_KEYS.filter((key) => key !== "config");
    expect(schema.properties).to.have.all.keys("apiVersion", "kind", "consumers", ...fields);
    expect(schema.additionalProperties).to.equal(false);
  });
});

describe("the option table", () => {
  it("has no name that ends in port, because its variable would look like a service link", () => {
    for (const key of OPTION_KEYS) expect(variableOf(key)).to.not.match(/PORT$/);
  });
});
