/**
 * A TLS server in Go gets its certificate from SDS, with the standard messages of go-control-plane, and is rotated under load: no
 * handshake fails, and a certificate that does not match its key is refused while the old one stays. Its libraries are
 * downloaded once. Without Go the test is skipped.
 */
import { execFile, spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import type { CertificatePair } from "../../support/tls/certificate-authority.ts";
import { createCertificateAuthority } from "../../support/tls/certificate-authority.ts";
import { handshake, putTls, serialOf } from "./rotated-tls.ts";
import { cacheFolder } from "../../support/cache-folder.ts";

const CACHE = cacheFolder("clients");
const PROGRAM = join(import.meta.dirname, "..", "..", "..", "tools", "podkey.js");
const ROTATIONS = 20;
const HANDSHAKERS = 8;

describe("a TLS server in Go with SDS", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "podkey-sds-"));
  const program = join(CACHE, "sds-go");
  const authority = createCertificateAuthority();
  let podkey: RunningPodkey;
  let server: ChildProcess;
  let printed = "";

  before(async function () {
    if (spawnSync("go", ["version"]).status !== 0) {
      console.log("      SDS is not tested: go is missing");
      this.skip();
    }
    const cwd = join(import.meta.dirname, "go");
    await promisify(execFile)("go", ["build", "-o", program, "."], { cwd });
    const source = ["--source", "manifests", "--manifests", folder, "--admin", "none"];
    const socket = join(folder, "podkey.sock");
    podkey = new RunningPodkey(["serve", ...source, "--listen", `unix:${socket}`], { program: PROGRAM });
    await podkey.logged("app_ready");
    server = spawn(program, [`unix:${socket}`, "web", "web:ca.crt"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    server.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      server.emit("output");
    });
  });
  after(async () => {
    server.kill("SIGKILL");
    podkey.kill("SIGTERM");
    await podkey.ended();
    rmSync(folder, { recursive: true });
  });

  function put(pair: CertificatePair): void {
    putTls(folder, "web", pair, authority);
  }

  async function printedMatch(pattern: RegExp): Promise<string> {
    for (;;) {
      const [, found] = pattern.exec(printed) ?? [];
      if (found !== undefined) return found;
      await once(server, "output");
    }
  }

  it("starts to serve when its certificate arrives, and is rotated without a failed handshake", async () => {
    let pair = authority.issue();
    put(pair);
    const port = Number(await printedMatch(/^listening (\d+)$/m));
    const seen = new Set<string>();
    let handshakes = 0;
    let isOver = false;
    const handshaker = async (): Promise<void> => {
      while (!isOver) {
        seen.add(await handshake({ host: "127.0.0.1", port }, authority));
        handshakes += 1;
      }
    };
    const load = Promise.all(Array.from({ length: HANDSHAKERS }, handshaker));
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      pair = authority.issue();
      put(pair);
      await printedMatch(new RegExp(`^loaded \\S+ (${serialOf(pair.certificatePem)})$`, "m"));
    }
    isOver = true;
    await load;
    expect(await handshake({ host: "127.0.0.1", port }, authority)).to.equal(serialOf(pair.certificatePem));
    console.log(`      ${String(handshakes)} handshakes, ${String(seen.size)} certificates seen`);
    expect(handshakes).to.be.greaterThan(ROTATIONS * 10);
    expect(seen.size).to.be.greaterThan(ROTATIONS / 2);
  });

  it("refuses a certificate that does not match its key, and keeps the old one", async () => {
    const port = Number(await printedMatch(/^listening (\d+)$/m));
    const before = await handshake({ host: "127.0.0.1", port }, authority);
    put({ certificatePem: authority.issue().certificatePem, keyPem: authority.issue().keyPem });
    await printedMatch(/^refused (\S+)$/m);
    await podkey.logged("rpc_sds_refused");
    expect(await handshake({ host: "127.0.0.1", port }, authority)).to.equal(before);
  });
});
