// Puts unique values into every input of podkey, and checks that they appear only in authorised answers.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FakeApiServer } from "../support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../support/kube/kubeconfig.ts";
import { Canaries } from "../support/process/canary.ts";
import { runPodkey, RunningPodkey } from "../support/process/run-podkey.ts";
import type { RpcClient } from "../support/rpc/client.ts";
import { openClient } from "../support/rpc/client.ts";

/** Makes all kinds of valid and invalid calls; returns every text of the answers except the data. */
async function askEverything(client: RpcClient): Promise<string> {
  const texts: string[] = [];
  const failure = async (call: Promise<unknown>): Promise<void> => {
    const error: unknown = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error instanceof Error) texts.push(error.message, JSON.stringify(error), metadataOf(error));
  };
  const { credentials } = await client.list({ view: "VIEW_METADATA" });
  // Problems and keys are also in METADATA answers, so they must contain no values. Annotations of podkey are served unchanged.
  texts.push(JSON.stringify(credentials.map((credential) => ({ ...credential, annotations: {} }))));
  for (const { namespace, name } of credentials) {
    await client.get({ namespace, name, view: "VIEW_FULL" });
    await failure(client.get({ namespace, name, keys: ["no-such-key"] }));
    await failure(client.get({ namespace, name, generation: "GENERATION_PREVIOUS" }));
  }
  await failure(client.get({ name: "no-such-name" }));
  await failure(client.list({ labelSelector: "a in (" }));
  await failure(client.list({ pageToken: "garbage" }));
  await failure(client.list({ pageSize: -1 }));
  return texts.join("\n");
}

function metadataOf(error: Error): string {
  const metadata =
    (error as { readonly metadata?: { getMap(): Record<string, unknown> } }).metadata?.getMap() ?? {};
  return Object.values(metadata)
    .map((value) => (Buffer.isBuffer(value) ? value.toString("latin1") : String(value)))
    .join("\n");
}

async function readAdmin(port: number): Promise<string> {
  const paths = [
    "/metrics",
    "/livez?verbose",
    "/readyz?verbose",
    "/startupz?verbose",
    "/statusz",
    "/nowhere",
  ];
  const pages = await Promise.all(
    paths.map(async (path) => (await fetch(`http://127.0.0.1:${String(port)}${path}`)).text()),
  );
  const openMetrics = await fetch(`http://127.0.0.1:${String(port)}/metrics`, {
    headers: { accept: "application/openmetrics-text" },
  });
  return [...pages, await openMetrics.text()].join("\n");
}

describe("secrecy: canaries in every value, at trace level", function () {
  this.timeout(60_000);
  let folder: string;
  let canaries: Canaries;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-canary-"));
    canaries = new Canaries();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function expectSilence(args: readonly string[]): Promise<void> {
    const socket = `unix:${join(folder, "podkey.sock")}`;
    const common = ["--listen", socket, "--admin", "127.0.0.1:0", "--log-level", "trace", "--audit", "all"];
    const podkey = new RunningPodkey(["serve", ...args, ...common, "--metrics-credential-names"]);
    await podkey.logged("app_ready");
    const [, port] = /"event":"app_admin_listening","address":"127\.0\.0\.1:(\d+)"/.exec(podkey.output) ?? [];
    const client = openClient(socket);
    const watch = client.watch({});
    await watch.until((message) => message.event === "synced");
    const answers = await askEverything(client);
    const pages = await readAdmin(Number(port));
    client.close();
    podkey.kill("SIGTERM");
    const { code, stdout, stderr } = await podkey.ended();
    expect(code, stderr).to.equal(0);
    expect(pages).to.contain("podkey_synced 1");
    const checks = await Promise.all(
      [[], ["-o", "json"]].map((form) => runPodkey(["check", ...args, "--listen", socket, ...form])),
    );
    const checked = checks.map((check) => check.stdout + check.stderr).join("\n");
    expect(checked).to.match(/selection/);
    expect(canaries.foundIn([answers, pages, checked, stdout, stderr].join("\n"))).to.deep.equal([]);
  }

  it("do not leak with manifests, including broken ones", async () => {
    const manifest = (name: string, rest: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\n${rest}`;
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    const files: Readonly<Record<string, string>> = {
      "plain.yaml": manifest("plain", `stringData:\n  password: ${canaries.plant("stringData")}\n`),
      "bytes.yaml": manifest("bytes", `data:\n  password: ${base64(canaries.plant("data"))}\n`),
      "bad-base64.yaml": manifest("bad", `data:\n  password: "!${canaries.plant("bad base64")}"\n`),
      "not-text.yaml": manifest(
        "map",
        `stringData:\n  password: {oops: ${canaries.plant("a map for a value")}}\n`,
      ),
      "broken.yaml": manifest("broken", `stringData:\n  a: "${canaries.plant("broken yaml")}\n  b: [`),
      "broken.json": `{"kind": "Secret", "stringData": {"a": "${canaries.plant("broken json")}" oops`,
      "tls.yaml": manifest(
        "tls",
        `type: kubernetes.io/tls\nstringData:\n  tls.crt: ${canaries.plant("tls.crt")}\n  tls.key: ${canaries.plant("tls.key")}\n`,
      ),
      "docker.yaml": manifest(
        "docker",
        `type: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: '{"auths": ${canaries.plant("docker")}'\n`,
      ),
      "applied.yaml": `apiVersion: v1
kind: Secret
metadata:
  name: applied
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"a":"${canaries.plant("last-applied")}"}}'
    example.io/note: ${canaries.plant("foreign annotation")}
    podkey.dev/expires-at: ${canaries.plant("bad expires-at")}
stringData: {a: b}
`,
      "bad-key.yaml": manifest("keys", `stringData:\n  "bad key": ${canaries.plant("bad key")}\n`),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    await expectSilence(["--source", "manifests", "--manifests", folder]);
  });

  it("do not leak with an API server, including its token", async () => {
    const server = new FakeApiServer();
    await server.start();
    try {
      const token = canaries.plant("bearer token");
      server.access.setTokens({ [token]: "podkey" });
      server.putSecret("default", "plain", { password: canaries.plant("data") });
      server.putSecret(
        "default",
        "tls",
        { "tls.crt": canaries.plant("tls.crt") },
        { type: "kubernetes.io/tls" },
      );
      server.putSecret(
        "default",
        "applied",
        { a: "b" },
        {
          annotations: { "kubectl.kubernetes.io/last-applied-configuration": canaries.plant("last-applied") },
        },
      );
      const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
        url: server.url,
        caPem: server.caPem,
        identity: { kind: "token", token },
      });
      await expectSilence(["--kubeconfig", kubeconfig]);
    } finally {
      await server.stop();
    }
  });
});
