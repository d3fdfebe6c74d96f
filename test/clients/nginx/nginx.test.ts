/**
 * A program without gRPC: a real nginx gets rotated certificates from `podkey watch --write --exec`, and its clients receive the new
 * certificate. Skipped without nginx (nginx-program.ts).
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { X509Certificate } from "node:crypto";
import { expect } from "chai";
import { splitWords } from "../../../src/cli/deliver/split-words.ts";
import { markdownBlocks } from "../../support/docs/markdown-blocks.ts";
import { freePorts } from "../../support/kube/free-ports.ts";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import type { CertificatePair } from "../../support/tls/certificate-authority.ts";
import { createCertificateAuthority } from "../../support/tls/certificate-authority.ts";
import { nginxProgram } from "./nginx-program.ts";

const ROTATIONS = 5;

describe("podkey watch --write --exec, for nginx", function () {
  this.timeout(60_000);
  const authority = createCertificateAuthority();
  const running: RunningPodkey[] = [];
  let folder = "";
  let dist = "";
  let port = 0;
  let watch: RunningPodkey;
  let nginx: ChildProcess | undefined;

  const at = (name: string): string => join(folder, name);
  const fingerprint = ({ certificatePem }: CertificatePair): string =>
    new X509Certificate(certificatePem).fingerprint256;

  /** The same change as an edit of a Secret in a cluster: both keys in one change. */
  function rotate(): CertificatePair {
    const pair = authority.issue();
    const data = { "tls.crt": pair.certificatePem, "tls.key": pair.keyPem };
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "web-tls" },
      type: "kubernetes.io/tls",
    };
    writeFileSync(at("next"), JSON.stringify({ ...secret, stringData: data }));
    renameSync(at("next"), at("manifests/web-tls.json"));
    return pair;
  }

  /** The certificate that a new connection to nginx receives. */
  async function onTheWire(): Promise<string> {
    const socket = connect({
      port,
      host: "127.0.0.1",
      servername: "localhost",
      ca: authority.certificatePem,
    });
    await once(socket, "secureConnect");
    const seen = socket.getPeerX509Certificate()?.fingerprint256 ?? "";
    socket.end("GET / HTTP/1.0\r\n\r\n");
    let answer = "";
    for await (const chunk of socket.setEncoding("utf8") as AsyncIterable<string>) answer += chunk;
    expect(answer).to.match(/^HTTP\/1\.1 204 /);
    return seen;
  }

  before(async function () {
    const found = nginxProgram();
    if ("missing" in found) {
      console.log(`      nginx IS NOT TESTED: ${found.missing}`);
      this.skip();
    }
    dist = await copyBuilt();
    folder = mkdtempSync(join(tmpdir(), "podkey-nginx-"));
    [port = 0] = await freePorts(1);
    for (const name of ["manifests", "logs"]) mkdirSync(at(name));
    writeFileSync(at("nginx.conf"), configuration(port));
    writeFileSync(at("reload.sh"), reload(found.path));
    writeFileSync(at("nginx"), found.path);
  });
  after(async () => {
    if (folder === "") return;
    for (const podkey of running) {
      podkey.kill("SIGTERM");
      await podkey.ended();
    }
    if (nginx !== undefined) {
      nginx.kill("SIGQUIT");
      await once(nginx, "exit");
    }
    for (const path of [folder, dist]) rmSync(path, { recursive: true });
  });

  function podkey(...args: readonly string[]): RunningPodkey {
    const started = new RunningPodkey(args, {
      cwd: folder,
      program: join(dist, "podkey.js"),
      env: { PODKEY_ENDPOINT: "unix:./podkey.sock" },
    });
    running.push(started);
    return started;
  }

  it("writes certificate and key with mode 0600, before nginx starts", async () => {
    const first = rotate();
    // podkey starts after it, as in a pod without an order of starts.
    watch = podkey(...documentedCommand());
    await watch.printed(/there is no socket/);
    const source = ["--source", "manifests", "--manifests", "manifests", "--admin", "none"];
    podkey("serve", ...source, "--listen", "unix:./podkey.sock");
    await watch.printed(/podkey: sh ended with exit code 1\n/);
    expect(readFileSync(at("tls.crt"), "utf8")).to.equal(first.certificatePem);
    expect(readFileSync(at("tls.key"), "utf8")).to.equal(first.keyPem);
    expect(["tls.crt", "tls.key"].map((name) => statSync(at(name)).mode & 0o777)).to.deep.equal([
      0o600, 0o600,
    ]);
    nginx = spawn(readFileSync(at("nginx"), "utf8"), ["-p", folder, "-c", "nginx.conf"], { stdio: "ignore" });
    while ((await onTheWire().catch(() => "")) !== fingerprint(first));
  });

  it(`serves each of ${String(ROTATIONS)} rotated certificates, and no connection fails`, async () => {
    const worker = nginx?.pid;
    for (let rotation = 0; rotation < ROTATIONS; rotation++) {
      const wanted = fingerprint(rotate());
      // The old or the new worker answers every one of these connections.
      while ((await onTheWire()) !== wanted);
    }
    expect([nginx?.pid, nginx?.exitCode]).to.deep.equal([worker, null]);
    expect(watch.output.match(/sh ended with exit code 0\n/g)).to.have.length.of.at.least(1);
  });

  it("passes no value to the command, neither as an argument nor in a variable", () => {
    const key = readFileSync(at("tls.key"), "utf8").split("\n")[1] ?? "";
    expect(key).to.have.length.above(60);
    const seen = readFileSync(at("seen"), "utf8");
    expect(seen).to.contain("PODKEY_ENDPOINT").and.to.contain("reload.sh");
    expect(seen + watch.output).not.to.contain(key);
  });
});

/** The command of docs/clients.md in this folder, with a script around nginx that records what it receives. */
function documentedCommand(): readonly string[] {
  const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "clients.md"), "utf8");
  const found = markdownBlocks(page).find(({ code }) => code.startsWith("podkey watch "));
  const here = found?.code.replaceAll("/etc/nginx/tls/", "").replace("nginx -s reload", "sh reload.sh") ?? "";
  return splitWords(here).slice(1);
}

/** Answers 204 to everything. */
function configuration(port: number): string {
  return `daemon off; worker_processes 1; pid nginx.pid; error_log logs/error.log;
${process.getuid?.() === 0 ? "user root;" : ""}
events {}
http {
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server {
    listen 127.0.0.1:${String(port)} ssl;
    ssl_certificate tls.crt;
    ssl_certificate_key tls.key;
    location / { return 204; }
  }
}
`;
}

/** Records its arguments and environment, then runs the command that a user of nginx would write. */
function reload(nginx: string): string {
  return `{ env; tr '\\0' ' ' < /proc/$$/cmdline; } > seen\nexec ${nginx} -p "$PWD" -c nginx.conf -s reload\n`;
}
