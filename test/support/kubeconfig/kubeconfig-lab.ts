/**
 * The servers, authorities and client certificates that the kubeconfigs of the comparison name, and a folder for their
 * files. Everything is created for one run; outcomes name the parts (server A, certificate alice) instead of values.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCertificateAuthority } from "../tls/certificate-authority.ts";
import type { CertificatePair } from "../tls/certificate-authority.ts";
import { startHttpProxy, startSocks5Proxy } from "./recording-proxies.ts";
import type { RecordedRequest, RecordingServer } from "./recording-server.ts";
import { startRecordingServer } from "./recording-server.ts";

/** What a kubeconfig of the table can name. */
export interface LabFacts {
  /** `https://127.0.0.1:PORT` of server A, whose certificate also names `api.lab` and `127.0.0.9`. */
  readonly a: string;
  /** Server B, whose certificate is from another authority. */
  readonly b: string;
  /** `http://127.0.0.1:PORT`. */
  readonly plain: string;
  /** `http://127.0.0.1:PORT` of a proxy for CONNECT. */
  readonly proxy: string;
  /** `socks5://127.0.0.1:PORT` of a proxy. */
  readonly socks: string;
  /** PEM of the authority of A. */
  readonly caPem: string;
  /** PEM of the authority of B. */
  readonly otherCaPem: string;
  readonly alice: CertificatePair;
  readonly bob: CertificatePair;
}

/** A file of a case: text, or an object that is written as JSON. A name that ends in `.sh` becomes executable. */
export type CaseFiles = Readonly<Record<string, string | object>>;

/** See the file comment. */
export class KubeconfigLab {
  readonly facts: LabFacts;
  readonly #servers: readonly RecordingServer[];
  readonly #folders: string[] = [];

  private constructor(facts: LabFacts, servers: readonly RecordingServer[]) {
    this.facts = facts;
    this.#servers = servers;
  }

  static async start(): Promise<KubeconfigLab> {
    const authority = createCertificateAuthority("lab CA");
    const other = createCertificateAuthority("other CA");
    const hosts = ["127.0.0.1", "localhost", "api.lab", "127.0.0.9"];
    const servers = await Promise.all([
      startRecordingServer("A", authority.issue({ commonName: "A", hosts })),
      startRecordingServer("B", other.issue({ commonName: "B", hosts })),
      startRecordingServer("PLAIN", undefined),
      startHttpProxy("PROXY"),
      startSocks5Proxy("SOCKS"),
    ]);
    const [a = 0, b = 0, plain = 0, proxy = 0, socks = 0] = servers.map(({ port }) => port);
    const facts = {
      a: `https://127.0.0.1:${String(a)}`,
      b: `https://127.0.0.1:${String(b)}`,
      plain: `http://127.0.0.1:${String(plain)}`,
      proxy: `http://127.0.0.1:${String(proxy)}`,
      socks: `socks5://127.0.0.1:${String(socks)}`,
      caPem: authority.certificatePem,
      otherCaPem: other.certificatePem,
      alice: authority.issue({ commonName: "alice" }),
      bob: authority.issue({ commonName: "bob" }),
    };
    return new KubeconfigLab(facts, servers);
  }

  /** Writes the files of a case into a new folder; returns the folder. */
  write(files: CaseFiles): string {
    const folder = mkdtempSync(join(tmpdir(), "podkey-kubeconfig-"));
    this.#folders.push(folder);
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content, undefined, 2));
      if (name.endsWith(".sh")) chmodSync(path, 0o755);
    }
    return folder;
  }

  /** The requests since the last call, of all servers. */
  takeRequests(): readonly RecordedRequest[] {
    const requests = this.#servers.flatMap(({ requests: recorded }) => recorded.splice(0));
    return requests.map((request) => ({ ...request, path: this.normalize(request.path, "") }));
  }

  /** Replaces ports and folders, which differ in each run, by names. */
  normalize(text: string, folder: string): string {
    const { a, b, plain, proxy, socks } = this.facts;
    const addresses = Object.entries({ A: a, B: b, PLAIN: plain, PROXY: proxy, SOCKS: socks });
    const named = addresses.reduce((result, [name, url]) => {
      const { host, port } = new URL(url);
      return result.replaceAll(host, name).replaceAll(`localhost:${port}`, `localhost(${name})`);
    }, text);
    return folder === "" ? named : named.replaceAll(folder, "FOLDER");
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}
