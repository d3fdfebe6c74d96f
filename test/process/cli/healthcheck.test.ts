// `podkey healthcheck` as an exec probe runs it: 0 while podkey serves, else 1 and one sentence with what is wrong.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createSocketServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../../support/kube/kubeconfig.ts";
import type { Ended } from "../../support/process/run-podkey.ts";
import { RunningPodkey, runPodkey } from "../../support/process/run-podkey.ts";

interface Listening {
  listen(port: number, host: string, done: () => void): unknown;
  address(): AddressInfo | string | null;
}

/** Listens on a free port and returns it. */
async function portOf(server: Listening, host: string): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

describe("healthcheck", function () {
  this.timeout(20_000);
  let folder: string;
  let token: string;
  const started: RunningPodkey[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-health-"));
    token = join(folder, "token");
    writeFileSync(token, "the-right-token-of-this-listener\n");
    writeFileSync(join(folder, "db.yaml"), "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n");
  });
  afterEach(async () => {
    for (const podkey of started.splice(0)) {
      podkey.kill("SIGKILL");
      await podkey.ended();
    }
    rmSync(folder, { recursive: true });
  });

  function start(...args: readonly string[]): RunningPodkey {
    const podkey = new RunningPodkey(["serve", "--admin", "none", ...args]);
    started.push(podkey);
    return podkey;
  }
  async function serve(...args: readonly string[]): Promise<RunningPodkey> {
    const podkey = start("--source", "manifests", "--manifests", folder, ...args);
    await podkey.logged("app_ready");
    return podkey;
  }

  function expectTrouble(ended: Ended, sentence: RegExp): void {
    expect(ended.stderr).to.match(/^podkey: [^\n]+\n$/);
    expect(ended.stderr).to.match(sentence);
    expect([ended.code, ended.stdout]).to.deep.equal([1, ""]);
  }

  it("exits with 0 while podkey serves and with 1 after it has ended", async () => {
    const endpoint = `unix:${join(folder, "p.sock")}`;
    const podkey = await serve("--listen", endpoint);
    const healthy = await runPodkey(["healthcheck"], { env: { PODKEY_ENDPOINT: endpoint } });
    expect(healthy).to.include({ code: 0, stdout: "", stderr: "" });
    podkey.kill("SIGTERM");
    await podkey.ended();
    expectTrouble(
      await runPodkey(["healthcheck", "--endpoint", endpoint]),
      /there is no socket; .*\(ENOENT\)/,
    );
  });

  const hosts = ["127.0.0.1", "::1"].filter((host) =>
    Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ address }) => address === host),
    ),
  );
  for (const host of hosts)
    it(`works over TCP on ${host} with the token, and names what is wrong with it`, async () => {
      const free = createSocketServer();
      const port = await portOf(free, host);
      await new Promise((resolve) => free.close(resolve));
      const address = `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
      await serve("--listen", `tcp:${address}`, "--token-file", token);
      for (const endpoint of [`tcp:${address}`, address]) {
        const check = (tokenFile: string): Promise<Ended> =>
          runPodkey(["healthcheck", "--endpoint", endpoint], { env: { PODKEY_TOKEN_FILE: tokenFile } });
        expect(await check(token)).to.include({ code: 0, stderr: "" });
        expectTrouble(
          await check(""),
          /refuses the check \(UNAUTHENTICATED\): set PODKEY_TOKEN_FILE to the token file/,
        );
        writeFileSync(join(folder, "wrong"), "another");
        expectTrouble(
          await check(join(folder, "wrong")),
          /the token in .*wrong \(PODKEY_TOKEN_FILE\) is not the token/,
        );
        expectTrouble(
          await check(join(folder, "none")),
          /the token file .*none cannot be read \(ENOENT\); check PODKEY_TOKEN_FILE/,
        );
      }
    });

  it("reports a podkey that has not synced yet", async () => {
    const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
      url: "https://127.0.0.1:9",
      caPem: new FakeApiServer().caPem,
      identity: { kind: "token", token: "t" },
    });
    const endpoint = `unix:${join(folder, "p.sock")}`;
    await start("--kubeconfig", kubeconfig, "--listen", endpoint).logged("app_listening");
    expectTrouble(
      await runPodkey(["healthcheck", "--endpoint", endpoint]),
      /is not serving: it has not synced yet/,
    );
  });

  it("reports a server that is not podkey, one that is silent, and a closed port", async () => {
    const web = createServer((_request, response) => response.end("hello"));
    const silent = createSocketServer((socket) => socket.on("error", () => undefined).resume());
    const ports = [await portOf(web, "127.0.0.1"), await portOf(silent, "127.0.0.1")];
    const check = (port = 0): Promise<Ended> =>
      runPodkey(["healthcheck", "--endpoint", `127.0.0.1:${String(port)}`, "--timeout", "300ms"]);
    expectTrouble(await check(ports[0]), /does not answer: the connection failed|is not podkey/);
    expectTrouble(await check(ports[1]), /does not answer: no answer within 300ms; check its log/);
    for (const server of [web, silent]) await new Promise((resolve) => server.close(resolve));
    expectTrouble(
      await check(ports[1]),
      /does not answer: nothing listens there; start podkey.*\(ECONNREFUSED\)/,
    );
  });
});
