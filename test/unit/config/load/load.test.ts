// Precedence, and one error with all problems and their places.
import { expect } from "chai";
import type { Layer, Setting } from "../../../../src/config/load/layer.ts";
import type { ConfigInputs } from "../../../../src/config/load/load.ts";
import { loadConfig } from "../../../../src/config/load/load.ts";
import { flagOf } from "../../../../src/config/value/option.ts";
import { ConfigError } from "../../../../src/config/load/problem-report.ts";
import type { OptionKey } from "../../../../src/config/schema/schema.ts";

type Texts = Partial<Record<OptionKey, string | readonly string[]>>;

function flags(texts: Texts): Layer {
  const settings = new Map<OptionKey, Setting>();
  for (const [key, text] of Object.entries(texts)) {
    settings.set(key as OptionKey, { texts: typeof text === "string" ? [text] : text, where: flagOf(key) });
  }
  return { origin: "flag", settings };
}

function inputs(given: {
  readonly flags?: Texts;
  readonly env?: Record<string, string>;
  readonly file?: string;
}): ConfigInputs {
  return {
    flags: flags({ ...(given.file !== undefined && { config: "podkey.yaml" }), ...given.flags }),
    flagProblems: [],
    env: given.env ?? {},
    readText: () => Promise.resolve(given.file ?? ""),
    onTerminal: false,
  };
}

async function reportOf(given: Parameters<typeof inputs>[0]): Promise<readonly string[]> {
  try {
    await loadConfig(inputs(given));
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ where, problem }) => `${where}: ${problem}`);
    throw error;
  }
  return [];
}

const IN_POD = { KUBERNETES_SERVICE_HOST: "10.96.0.1" };
const HEAD = "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\n";

describe("configuration: load", () => {
  it("prefers flag over environment over file over default, and records the origin", async () => {
    const { config, origins } = await loadConfig(
      inputs({
        file: `${HEAD}maxStreams: 3\ndrain: 3s\npageSize: 3\n`,
        env: { PODKEY_MAX_STREAMS: "2", PODKEY_DRAIN: "2s" },
        flags: { maxStreams: "1" },
      }),
    );
    expect([config.maxStreams, config.drain, config.pageSize, config.apiBurst]).to.deep.equal([
      1, 2000, 3, 30,
    ]);
    expect([origins.maxStreams, origins.drain, origins.pageSize, origins.apiBurst]).to.deep.equal([
      "flag",
      "environment",
      "file",
      "default",
    ]);
  });

  it("needs no options in a pod: own namespace, podkey's label, one socket, admin for the kubelet", async () => {
    const { config } = await loadConfig(inputs({ env: IN_POD }));
    expect(config).to.include({ source: "kubernetes", selector: "podkey.dev/serve=true", logFormat: "json" });
    expect(config.admin).to.deep.equal({ host: undefined, port: 19_402 });
    expect(config.consumers).to.have.length(1);
    expect(config.consumers[0]).to.deep.include({
      name: "default",
      listen: [{ kind: "unix", path: "/run/podkey/podkey.sock" }],
      socketMode: 0o660,
    });
  });

  it("keeps admin HTTP on loopback outside a pod, and with folder sources", async () => {
    const folder = { source: "manifests", manifests: "secrets" };
    for (const given of [{}, { env: { KUBERNETES_SERVICE_HOST: "" } }, { flags: folder, env: IN_POD }]) {
      const { config } = await loadConfig(inputs(given));
      expect(config.admin).to.deep.equal({ host: "127.0.0.1", port: 19_402 });
    }
    const { config } = await loadConfig(inputs({ flags: folder }));
    expect(config.selector).to.equal(undefined);
  });

  it("reports the problems of all layers at once, each with its place", async () => {
    const report = await reportOf({
      file: `${HEAD}maxStreems: 3\ndrain: 5\n`,
      env: { PODKEY_SOURCE: "kube" },
      flags: { maxStale: "30s" },
    });
    expect(report).to.have.members([
      'PODKEY_SOURCE: "kube" is not one of kubernetes, manifests, volume',
      'podkey.yaml:4: drain: "5" has no unit; write 5s for seconds or 5m for minutes',
      "--max-stale: 30s is too small; use 0 (off) or at least 2m",
      "podkey.yaml:3: maxStreems: is not a field of SidecarConfiguration; did you mean maxStreams?",
    ]);
  });

  it("reports a problem that a higher layer overrides", async () => {
    const report = await reportOf({ env: { PODKEY_DRAIN: "soon" }, flags: { drain: "2s" } });
    expect(report).to.deep.equal([
      'PODKEY_DRAIN: "soon" is not a valid duration; write it like 500ms, 30s, 1h30m',
    ]);
  });

  it("warns about an unknown variable, and ignores service links", async () => {
    const { warnings } = await loadConfig(
      inputs({
        env: {
          PODKEY_MAX_STREAM: "7",
          PODKEY_SERVICE_HOST: "10.0.0.1",
          PODKEY_PORT_443_TCP_ADDR: "10.0.0.1",
          PODKEY_WEB_SERVICE_PORT_HTTPS: "443",
          PODKEY_ENDPOINT: "unix:///run/podkey/podkey.sock",
        },
      }),
    );
    expect(warnings).to.deep.equal([
      "PODKEY_MAX_STREAM is not an option of podkey and is ignored; did you mean PODKEY_MAX_STREAMS?",
    ]);
  });

  it("ignores an empty variable, so that an unset template value never widens the selection", async () => {
    const { config } = await loadConfig(inputs({ env: { PODKEY_SELECTOR: "" } }));
    expect(config.selector).to.equal("podkey.dev/serve=true");
  });

  it("accepts lists with commas, repeated flags and lists of the file", async () => {
    const byFlag = await loadConfig(inputs({ flags: { namespace: ["a,b", "c"] } }));
    const byFile = await loadConfig(inputs({ file: `${HEAD}namespace: [a, b, c]\n` }));
    expect(byFlag.config.namespace).to.deep.equal(["a", "b", "c"]);
    expect(byFile.config.namespace).to.deep.equal(["a", "b", "c"]);
  });

  it("parses an unquoted mode of the file as octal", async () => {
    const { config } = await loadConfig(inputs({ file: `${HEAD}socketMode: 0640\n` }));
    expect(config.consumers[0]?.socketMode).to.equal(0o640);
  });

  it("reports missing options of the source, and options without effect", async () => {
    const report = await reportOf({ flags: { source: "volume", selector: "a=b", names: "x" } });
    expect(report).to.deep.equal([
      "--selector: has no effect with --source volume; remove it, or use --source kubernetes or manifests",
      "--names: has no effect with --source volume; remove it, or use --source kubernetes",
      "--volume: is required with --source volume; set the folder with it or with PODKEY_VOLUME",
      "--selector: cannot be combined with --names; remove one of them",
    ]);
  });

  it("rejects a socket path that is too long for the kernel", async () => {
    const report = await reportOf({ flags: { listen: `unix:/${"x".repeat(107)}` } });
    expect(report[0]).to.match(/^--listen: the socket path is 108 bytes long, and the kernel allows 107/);
  });

  it("rejects TCP addresses that are not loopback", async () => {
    const report = await reportOf({ flags: { listen: "tcp:0.0.0.0:7000" } });
    expect(report[0]).to.contain("not a loopback address");
  });

  it("freezes the result with its nested objects", async () => {
    const { config } = await loadConfig(inputs({}));
    expect(Object.isFrozen(config.consumers[0]?.listen[0])).to.equal(true);
  });
});
