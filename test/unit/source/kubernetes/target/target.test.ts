import { expect } from "chai";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KUBE_PARAMETERS } from "../../../../../src/source/kubernetes/target/parameters.ts";
import { TargetError } from "../../../../../src/source/kubernetes/failure/target-error.ts";
import type { Target, TargetDeps } from "../../../../../src/source/kubernetes/target/target.ts";
import { resolveTarget } from "../../../../../src/source/kubernetes/target/target.ts";
import { ManualTime } from "../../../../support/core/manual-time.ts";
import { testAuthority } from "../../../../support/tls/certificate-authority.ts";

const NEVER = { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never" };

const IN_CLUSTER = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };

describe("target", () => {
  let home: string;
  let serviceAccountDir: string;
  let time: ManualTime;

  beforeEach(async () => {
    time = new ManualTime();
    home = await mkdtemp(join(tmpdir(), "podkey-target-"));
    serviceAccountDir = join(home, "serviceaccount");
  });

  afterEach(() => rm(home, { recursive: true }));

  function resolve(deps: Partial<TargetDeps>): Promise<Target> {
    return resolveTarget({
      env: {},
      clock: time,
      timers: time,
      log: () => undefined,
      parameters: KUBE_PARAMETERS,
      kubeconfig: undefined,
      context: undefined,
      serviceAccountDir,
      homedir: () => home,
      ...deps,
    });
  }

  async function failure(deps: Partial<TargetDeps>): Promise<Error> {
    const thrown = await resolve(deps).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(TargetError);
    return thrown as Error;
  }

  async function mountServiceAccount(): Promise<void> {
    await mkdir(serviceAccountDir);
    await writeFile(join(serviceAccountDir, "token"), "pod-token\n");
    await writeFile(join(serviceAccountDir, "ca.crt"), testAuthority().certificatePem);
    await writeFile(join(serviceAccountDir, "namespace"), "shop");
  }

  async function writeKubeconfig(path: string, user: object, cluster: object = {}): Promise<void> {
    await mkdir(join(path, ".."), { recursive: true });
    const config = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "lab",
      contexts: [
        { name: "lab", context: { cluster: "lab", user: "me", namespace: "dev" } },
        { name: "bare", context: { cluster: "lab", user: "me" } },
        { name: "torn", context: { cluster: "gone", user: "me" } },
      ],
      clusters: [{ name: "lab", cluster: { server: "https://lab.example:6443/k8s/c-1", ...cluster } }],
      users: [{ name: "me", user }],
    };
    await writeFile(path, JSON.stringify(config));
  }

  it("uses the pod's own API server in a cluster, before any kubeconfig", async () => {
    await mountServiceAccount();
    await writeKubeconfig(join(home, ".kube", "config"), { token: "t" });
    const target = await resolve({ env: IN_CLUSTER });
    expect([target.kind, target.server.href, target.namespace]).to.deep.equal([
      "in-cluster",
      "https://10.96.0.1/",
      "shop",
    ]);
    expect(await target.credentials.headers()).to.deep.equal({ authorization: "Bearer pod-token" });
    expect((await target.credentials.tls()).ca).to.equal(testAuthority().certificatePem);
  });

  it("reads its own namespace from the token if there is no namespace file", async () => {
    await mountServiceAccount();
    await rm(join(serviceAccountDir, "namespace"));
    expect((await resolve({ env: IN_CLUSTER })).namespace).to.equal("default");
    const claims = Buffer.from(JSON.stringify({ "kubernetes.io": { namespace: "shop" } })).toString(
      "base64url",
    );
    await writeFile(join(serviceAccountDir, "token"), `e30.${claims}.signature`);
    expect((await resolve({ env: IN_CLUSTER })).namespace).to.equal("shop");
  });

  it("puts an IPv6 address of the cluster into brackets", async () => {
    await mountServiceAccount();
    const target = await resolve({ env: { ...IN_CLUSTER, KUBERNETES_SERVICE_HOST: "fd00::1" } });
    expect(target.server.host).to.equal("[fd00::1]");
  });

  it("uses ~/.kube/config outside of a cluster", async () => {
    await writeKubeconfig(join(home, ".kube", "config"), { token: "mine" });
    const target = await resolve({});
    expect([target.kind, target.server.href, target.namespace]).to.deep.equal([
      "kubeconfig",
      "https://lab.example:6443/k8s/c-1",
      "dev",
    ]);
    expect(await target.credentials.headers()).to.deep.equal({ authorization: "Bearer mine" });
  });

  it("merges the files of KUBECONFIG, the first entry wins, and skips a missing file", async () => {
    const [one, two] = [join(home, "one"), join(home, "two")];
    await writeKubeconfig(one, { token: "first" });
    await writeKubeconfig(two, { token: "second" }, { server: "https://other.example" });
    const target = await resolve({ env: { KUBECONFIG: `${join(home, "missing")}:${one}:${two}` } });
    expect(target.server.hostname).to.equal("lab.example");
    expect(await target.credentials.headers()).to.deep.equal({ authorization: "Bearer first" });
  });

  it("uses --kubeconfig and --context even in a cluster", async () => {
    await mountServiceAccount();
    await writeKubeconfig(join(home, "k"), { username: "u", password: "p" });
    const target = await resolve({ env: IN_CLUSTER, kubeconfig: join(home, "k"), context: "bare" });
    expect([target.kind, target.namespace]).to.deep.equal(["kubeconfig", "default"]);
    expect(await target.credentials.headers()).to.deep.equal({ authorization: "Basic dTpw" });
  });

  it("reads a user's tokenFile, relative to the kubeconfig", async () => {
    await writeFile(join(home, "token"), "from-file\n");
    await writeKubeconfig(join(home, "k"), { tokenFile: "token" });
    const target = await resolve({ kubeconfig: join(home, "k") });
    expect(await target.credentials.headers()).to.deep.equal({ authorization: "Bearer from-file" });
    await writeFile(join(home, "token"), "rotated");
    expect(await target.credentials.renew()).to.equal(true);
    expect(await target.credentials.headers()).to.deep.equal({ authorization: "Bearer rotated" });
  });

  it("reads the kubeconfig again on renewal, and keeps the old token if the file is broken", async () => {
    await writeKubeconfig(join(home, "k"), { token: "old" });
    const target = await resolve({ kubeconfig: join(home, "k") });
    await target.credentials.headers();
    await writeKubeconfig(join(home, "k"), { token: "new" });
    expect(await target.credentials.renew()).to.equal(true);
    await writeFile(join(home, "k"), "{");
    expect(await target.credentials.renew()).to.equal(false);
    expect(await target.credentials.headers()).to.deep.equal({ authorization: "Bearer new" });
  });

  it("reads certificates, server name, impersonation and insecure-skip-tls-verify", async () => {
    const pair = testAuthority().issue({ commonName: "me" });
    const pem = (text: string): string => Buffer.from(text).toString("base64");
    await writeKubeconfig(
      join(home, "k"),
      {
        as: "deputy",
        "client-certificate-data": pem(pair.certificatePem),
        "client-key-data": pem(pair.keyPem),
      },
      { "tls-server-name": "api.lab", "insecure-skip-tls-verify": true },
    );
    const target = await resolve({ kubeconfig: join(home, "k") });
    expect(await target.credentials.headers()).to.deep.equal({ "impersonate-user": "deputy" });
    expect(await target.credentials.tls()).to.deep.equal({
      ca: undefined,
      cert: pair.certificatePem,
      key: pair.keyPem,
      serverName: "api.lab",
      insecure: true,
    });
  });

  it("runs an exec plugin, again on renewal, and shows none of its output if it fails", async () => {
    const answer = join(home, "answer.json");
    const credential = (token: string): string =>
      JSON.stringify({ apiVersion: NEVER.apiVersion, kind: "ExecCredential", status: { token } });
    await writeKubeconfig(join(home, "k"), { exec: { ...NEVER, command: "cat", args: [answer] } });
    await writeFile(answer, credential("one"));
    const target = await resolve({ kubeconfig: join(home, "k") });
    expect(await target.credentials.headers()).to.deep.equal({ authorization: "Bearer one" });
    await writeFile(answer, credential("two"));
    time.advance(1_000);
    expect(await target.credentials.renew()).to.equal(true);
    expect(await target.credentials.headers()).to.deep.equal({ authorization: "Bearer two" });

    await writeFile(answer, "hunter2 is not JSON");
    const fresh = await resolve({ kubeconfig: join(home, "k") });
    const thrown = (await fresh.credentials.headers().catch((error: unknown) => error)) as Error;
    expect(thrown.message).to.contain("exec plugin").and.not.to.contain("hunter2");
  });

  it("uses the kubeconfig's proxy-url", async () => {
    await writeKubeconfig(join(home, "k"), { token: "t" }, { "proxy-url": "http://proxy.example:3128" });
    expect((await resolve({ kubeconfig: join(home, "k") })).proxy?.host).to.equal("proxy.example:3128");
  });

  it("names both attempts if no API server is configured", async () => {
    const { message } = await failure({});
    expect(message)
      .to.contain("KUBERNETES_SERVICE_HOST is not set")
      .and.to.contain(join(home, ".kube", "config"));
    const { message: inPod } = await failure({ env: IN_CLUSTER });
    expect(inPod).to.contain(`${join(serviceAccountDir, "token")} does not exist`);
  });

  describe("for a user without HOME and without an entry in /etc/passwd", () => {
    const homedir = (): string => {
      throw Object.assign(new Error("uv_os_homedir"), { code: "ERR_SYSTEM_ERROR" });
    };

    it("uses the pod's own API server in a cluster", async () => {
      await mountServiceAccount();
      expect((await resolve({ env: IN_CLUSTER, homedir })).kind).to.equal("in-cluster");
    });

    it("uses --kubeconfig", async () => {
      await writeKubeconfig(join(home, "k"), { token: "t" });
      expect((await resolve({ kubeconfig: join(home, "k"), homedir })).kind).to.equal("kubeconfig");
    });

    it("says elsewhere that HOME is not set", async () => {
      expect((await failure({ homedir })).message).to.contain("and HOME is not set; run podkey in a pod");
    });
  });

  it("lists the contexts if the requested one is missing", async () => {
    await writeKubeconfig(join(home, "k"), { token: "hunter2" });
    const { message } = await failure({ kubeconfig: join(home, "k"), context: "prod" });
    expect(message).to.contain("no context prod; it has: lab, bare, torn.");
  });

  it("names the fault of a missing file, a broken file, a context without its cluster and an invalid server", async () => {
    expect((await failure({ kubeconfig: join(home, "none") })).message).to.contain(
      "none cannot be read (ENOENT)",
    );
    await writeFile(join(home, "broken"), "token: hunter2: {");
    expect((await failure({ kubeconfig: join(home, "broken") })).message)
      .to.contain("broken")
      .and.not.to.contain("hunter2");
    await writeKubeconfig(join(home, "k"), { token: "t" }, { server: "lab/x" });
    expect((await failure({ kubeconfig: join(home, "k") })).message).to.contain(
      "not a valid http:// or https:// URL: lab/x",
    );
    expect((await failure({ kubeconfig: join(home, "k"), context: "torn" })).message).to.contain(
      "the cluster gone",
    );
  });
});
