// `consumers` of the configuration file.
import { expect } from "chai";
import type { ConfigInputs } from "../../../../src/config/load/load.ts";
import { loadConfig } from "../../../../src/config/load/load.ts";
import { ConfigError } from "../../../../src/config/load/problem-report.ts";
import type { LoadedConfig } from "../../../../src/config/schema/sidecar-config.ts";

const HEAD = "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\n";

function load(file: string, extra: ConfigInputs["flags"]["settings"] = new Map()): Promise<LoadedConfig> {
  return loadConfig({
    flags: {
      origin: "flag",
      settings: new Map([...extra, ["config", { texts: ["c.yaml"], where: "--config" }]]),
    },
    flagProblems: [],
    env: {},
    readText: () => Promise.resolve(HEAD + file),
    onTerminal: false,
  });
}

async function problemsOf(
  file: string,
  extra?: ConfigInputs["flags"]["settings"],
): Promise<readonly string[]> {
  try {
    await load(file, extra);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ where, problem }) => `${where}: ${problem}`);
    throw error;
  }
  return [];
}

describe("consumers of the configuration file", () => {
  it("have listener, mode, peer and policy", async () => {
    const { config } = await load(`consumers:
  - name: web
    listen: unix:/run/podkey/web/podkey.sock
    socketMode: "0666"
    peer: {uid: 1001}
    allow:
      - names: [db-main]
        keys: [username, password]
      - selector: credential-type=certificate
        types: [kubernetes.io/tls]
`);
    const [web] = config.consumers;
    expect(web).to.deep.include({
      name: "web",
      listen: [{ kind: "unix", path: "/run/podkey/web/podkey.sock" }],
      socketMode: 0o666,
      peer: { uid: 1001, gid: undefined },
    });
    expect(web?.policy.rules[0]).to.deep.equal({ names: ["db-main"], keys: ["username", "password"] });
    expect(web?.policy.rules[1]?.selector?.requirements).to.have.length(1);
  });

  it("can read only what is listed", async () => {
    const { config } = await load("consumers:\n  - name: web\n    listen: unix:w.sock\n");
    expect(config.consumers[0]?.policy.rules).to.deep.equal([]);
  });

  it("are rejected with an empty rule, which would allow everything", async () => {
    const report = await problemsOf(
      "consumers:\n  - name: web\n    listen: unix:w.sock\n    allow:\n      - {}\n",
    );
    expect(report).to.have.length(1);
    expect(report[0]).to.match(
      /^c\.yaml:7: consumers\[0\]\.allow\[0\]: an empty rule would allow everything/,
    );
  });

  it("report an unknown field with line, path and the nearest known field", async () => {
    const report = await problemsOf(
      "consumers:\n  - name: web\n    listen: unix:w.sock\n    allow:\n      - name: [db]\n        key: [a]\n",
    );
    expect(report).to.deep.equal([
      "c.yaml:7: consumers[0].allow[0].name: is not a field of this object; did you mean names?",
      "c.yaml:8: consumers[0].allow[0].key: is not a field of this object; did you mean keys?",
    ]);
  });

  it("are rejected in one sentence for an unresolved alias", async () => {
    expect(await problemsOf("consumers:\n  - *web\n")).to.deep.equal([
      "c.yaml:3: consumers: is not valid YAML: Unresolved alias (the anchor must be set before the alias): web",
    ]);
  });

  it("cannot share a name or a listener", async () => {
    const report = await problemsOf(
      "consumers:\n  - {name: a, listen: 'unix:a.sock'}\n  - {name: a, listen: 'unix:a.sock'}\n",
    );
    expect(report).to.deep.equal([
      'c.yaml:5: consumers[1].name: "a" is the name of two consumers; give each its own',
      "c.yaml:5: consumers[1].listen: unix:a.sock is already the listener of consumer a; give each consumer its own",
    ]);
  });

  it("need a token for TCP if there are several", async () => {
    const report = await problemsOf(
      "consumers:\n  - {name: a, listen: 'tcp:127.0.0.1:7001'}\n  - {name: b, listen: 'unix:b.sock'}\n",
    );
    expect(report[0]).to.match(/^c\.yaml:4: consumers\[0\]\.tokenFile: is required/);
  });

  it("need namespaces in every rule if several are served", async () => {
    const report = await problemsOf(
      "namespace: [shop, pay]\nconsumers:\n  - {name: a, listen: 'unix:a.sock', allow: [{names: [db]}]}\n",
    );
    expect(report[0]).to.match(/^c\.yaml:5: consumers\[0\]\.allow\[0\]: needs namespaces/);
  });

  it("exclude --listen, --socket-mode and --token-file", async () => {
    const report = await problemsOf(
      "consumers:\n  - {name: a, listen: 'unix:a.sock'}\n",
      new Map([["listen", { texts: ["unix:x.sock"], where: "--listen" }]]),
    );
    expect(report[0]).to.match(/^--listen: cannot be combined with consumers/);
  });

  it("are not checked in a file that is not YAML", async () => {
    const report = await problemsOf("consumers:\n  - name: web\n   listen: x\n");
    expect(report[0]).to.match(/^c\.yaml:5: is not valid YAML/);
  });

  it("of another apiVersion are rejected with the supported one", async () => {
    const report = await problemsOf("---\n");
    expect(report.length).to.be.greaterThan(0);
  });
});
