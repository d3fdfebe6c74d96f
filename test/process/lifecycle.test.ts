// Start and end of podkey: exit codes, shutdown, a second signal, restarts, reloads.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FakeApiServer } from "../support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../support/kube/kubeconfig.ts";
import type { RunOptions } from "../support/process/run-podkey.ts";
import { RunningPodkey } from "../support/process/run-podkey.ts";
import type { RpcClient } from "../support/rpc/client.ts";
import { openClient } from "../support/rpc/client.ts";

const SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: one}\n";

describe("lifecycle", function () {
  this.timeout(20_000);
  let folder: string;
  let socket: string;
  let client: RpcClient;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-life-"));
    socket = join(folder, "podkey.sock");
    writeFileSync(join(folder, "db.yaml"), SECRET);
    client = openClient(`unix:${socket}`);
  });
  afterEach(() => {
    client.close();
    rmSync(folder, { recursive: true });
  });

  function serve(args: readonly string[], options?: RunOptions): RunningPodkey {
    return new RunningPodkey(["serve", "--listen", `unix:${socket}`, "--admin", "none", ...args], options);
  }
  const manifests = (): readonly string[] => ["--source", "manifests", "--manifests", folder];

  /** Writes a kubeconfig for an API server at this address. */
  function kubeconfig(url: string, caPem: string): string {
    return writeKubeconfig(join(folder, "kubeconfig"), {
      url,
      caPem,
      identity: { kind: "token", token: "t" },
    });
  }

  it("closes open Watches with SHUTTING_DOWN at SIGTERM, removes its socket and exits with 0", async () => {
    const podkey = serve(manifests());
    await podkey.logged("app_ready");
    const watch = client.watch({});
    await watch.next();
    podkey.kill("SIGTERM");
    const { code: status, details } = await watch.ended();
    expect(status, details).to.equal(14);
    const { code, stdout } = await podkey.ended();
    expect(code).to.equal(0);
    expect(stdout.indexOf("app_stopping")).to.be.lessThan(stdout.indexOf("app_stopped"));
    expect(existsSync(socket)).to.equal(false);
  });

  it("replaces the socket of a killed podkey", async () => {
    const killed = serve(manifests());
    await killed.logged("app_ready");
    killed.kill("SIGKILL");
    await killed.ended();
    expect(existsSync(socket)).to.equal(true);
    const podkey = serve(manifests());
    await podkey.logged("app_ready");
    expect((await client.get({ name: "db" })).credential?.name).to.equal("db");
    podkey.kill("SIGTERM");
    expect((await podkey.ended()).code).to.equal(0);
  });

  it("waits for a Get until --drain, then closes it with SHUTTING_DOWN", async () => {
    const config = kubeconfig("https://127.0.0.1:9", new FakeApiServer().caPem);
    const podkey = serve(["--kubeconfig", config, "--drain", "200ms"]);
    await podkey.logged("app_listening");
    const get = client.get({ namespace: "default", name: "db" }, { timeoutMs: 60_000 }).catch(String);
    // This List is sent after the Get on the same connection, so its answer means that the Get has arrived.
    await client.list({ labelSelector: "(" }).catch(() => undefined);
    podkey.kill("SIGTERM");
    expect(await get).to.contain("podkey is shutting down");
    expect((await podkey.ended()).code).to.equal(0);
  });

  it("exits at once with 128+15 at a second SIGTERM", async () => {
    // Nothing listens there, so a Get waits for the first sync and delays the drain.
    const config = kubeconfig("https://127.0.0.1:9", new FakeApiServer().caPem);
    const podkey = serve(["--kubeconfig", config, "--drain", "60s"]);
    await podkey.logged("app_listening");
    const get = client
      .get({ namespace: "default", name: "db" }, { timeoutMs: 60_000 })
      .catch(() => undefined);
    // This List is sent after the Get on the same connection, so its answer means that the Get has arrived.
    await client.list({ labelSelector: "(" }).catch(() => undefined);
    podkey.kill("SIGTERM");
    await podkey.logged("app_stopping");
    podkey.kill("SIGTERM");
    expect((await podkey.ended()).code).to.equal(143);
    await get;
  });

  it("exits with 5 after --first-sync-timeout", async () => {
    const config = kubeconfig("https://127.0.0.1:9", new FakeApiServer().caPem);
    const { code, stdout } = await serve(["--kubeconfig", config, "--first-sync-timeout", "1s"]).ended();
    expect(code).to.equal(5);
    expect(stdout).to.match(
      /"event":"app_first_sync_timeout","reason":"waiting for the first sync: the API server cannot be reached/,
    );
  });

  it("exits with 3 after --first-sync-timeout if the API server denies access to the end", async () => {
    const server = new FakeApiServer();
    server.access.setRules([]);
    await server.start();
    try {
      const config = kubeconfig(server.url, server.caPem);
      const { code, stdout } = await serve(["--kubeconfig", config, "--first-sync-timeout", "2s"]).ended();
      expect(code).to.equal(3);
      expect(stdout).to.match(
        /denies list and watch of Secrets to \S+ .*\(403\), since 20.*kubectl create rolebinding podkey/,
      );
    } finally {
      await server.stop();
    }
  });

  it("waits for the credentials of --require", async () => {
    const podkey = serve([...manifests(), "--require", "api-*,type:kubernetes.io/tls"]);
    await podkey.logged("app_listening");
    const watch = client.watch({});
    await watch.next();
    expect(podkey.output).to.not.contain("app_ready");
    writeFileSync(
      join(folder, "more.yaml"),
      SECRET.replace("name: db", "name: api-key") +
        "---\n" +
        SECRET.replace("name: db}", "name: cert}\ntype: kubernetes.io/tls"),
    );
    await podkey.logged("app_ready");
    podkey.kill("SIGTERM");
    expect((await podkey.ended()).code).to.equal(0);
  });

  it("does not open the inspector at SIGUSR1", async () => {
    const podkey = serve(manifests());
    await podkey.logged("app_ready");
    podkey.kill("SIGUSR1");
    expect((await client.get({ name: "db" })).credential?.name).to.equal("db");
    podkey.kill("SIGTERM");
    expect((await podkey.ended()).stderr).to.equal("");
  });
});

describe("lifecycle: reload", function () {
  this.timeout(20_000);
  let folder: string;
  let podkey: RunningPodkey;

  const HEAD = "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\nnamespace: [default]\n";
  const consumer = (name: string, names: string): string =>
    `  - {name: ${name}, listen: "unix:${folder}/${name}.sock", allow: [{names: [${names}]}]}\n`;
  const write = (text: string): void =>
    writeFileSync(join(folder, "podkey.conf"), `${HEAD}consumers:\n${text}`);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "podkey-reload-"));
    writeFileSync(join(folder, "db.yaml"), `${SECRET}---\n${SECRET.replace("name: db", "name: api")}`);
    write(consumer("web", "db") + consumer("job", "api"));
    podkey = new RunningPodkey([
      "serve",
      "--source",
      "manifests",
      "--manifests",
      folder,
      "--admin",
      "none",
      "--config",
      join(folder, "podkey.conf"),
    ]);
    await podkey.logged("app_ready");
  });
  afterEach(async () => {
    podkey.kill("SIGTERM");
    await podkey.ended();
    rmSync(folder, { recursive: true });
  });

  async function namesOf(name: string): Promise<readonly string[]> {
    const client = openClient(`unix:${folder}/${name}.sock`);
    try {
      return (await client.list({})).credentials.map((credential) => credential.name);
    } finally {
      client.close();
    }
  }

  it("changes the policy of one consumer for its open Watch, and no other consumer", async () => {
    const web = openClient(`unix:${folder}/web.sock`);
    const job = openClient(`unix:${folder}/job.sock`);
    const [webWatch, jobWatch] = [web.watch({}), job.watch({})];
    await webWatch.until((message) => message.event === "synced");
    await jobWatch.until((message) => message.event === "synced");
    write(consumer("web", "api") + consumer("job", "api"));
    const change = (await webWatch.until((message) => message.event === "change")).at(-1)?.change;
    expect(change?.changed.map(({ name }) => name)).to.deep.equal(["api"]);
    expect(change?.removed.map(({ name }) => name)).to.deep.equal(["db"]);
    await podkey.logged("app_config_reloaded");
    const rotated = SECRET.replace("name: db", "name: api").replace("one", "two");
    writeFileSync(join(folder, "db.yaml"), `${SECRET}---\n${rotated}`);
    // The stream that was open before the reload gets the change as its next message.
    const told = await jobWatch.until((message) => message.event === "change");
    expect(told.map(({ event }) => event)).to.deep.equal(["change"]);
    web.close();
    job.close();
  });

  it("adds and removes consumers", async () => {
    write(consumer("web", "db") + consumer("new", "db, api"));
    await podkey.logged("app_config_reloaded");
    expect(await namesOf("new")).to.deep.equal(["api", "db"]);
    expect(await namesOf("web")).to.deep.equal(["db"]);
    const failure = await namesOf("job").catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
  });

  it("changes the mode of a socket", async () => {
    write(consumer("web", "db").replace("allow:", 'socketMode: "0600", allow:') + consumer("job", "api"));
    await podkey.logged("app_config_reloaded");
    expect(statSync(`${folder}/web.sock`).mode & 0o777).to.equal(0o600);
    expect(await namesOf("web")).to.deep.equal(["db"]);
    expect(await namesOf("job")).to.deep.equal(["api"]);
  });

  it("keeps the old policy if the file is not valid, and logs why", async () => {
    write("  - {name: web, allow: [{}]}\n");
    await podkey.logged("app_config_rejected");
    expect(podkey.output).to.contain("podkey.conf:5: consumers[0].listen");
    expect(await namesOf("web")).to.deep.equal(["db"]);
  });

  it("reloads the file at SIGHUP", async () => {
    write(consumer("web", "db, api"));
    podkey.kill("SIGHUP");
    await podkey.logged("app_config_reloaded");
    expect(await namesOf("web")).to.deep.equal(["api", "db"]);
  });
});
