/** The names in docs/lifetimes.md exist, and its script makes parts that podkey joins. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openCredentialClient } from "../../src/client/index.ts";
import { LIFETIME_NAMES } from "../../src/core/credential/lifetime.ts";
import { PROBLEM_REASONS } from "../../src/source/content/problem-reasons.ts";
import { EVENTS } from "../../src/log/events.ts";
import { METRICS } from "../../src/observe/metrics.ts";
import { ROOT } from "../support/docs/checkout.ts";
import { RunningPodkey } from "../support/process/run-podkey.ts";

const PAGE = readFileSync(join(ROOT, "docs/lifetimes.md"), "utf8");
const SPLIT = join(ROOT, "examples/parts/split.sh");

function named(pattern: RegExp): readonly string[] {
  return [...new Set([...PAGE.matchAll(pattern)].map(([, name = ""]) => name))];
}

describe("docs/lifetimes.md", function () {
  this.timeout(30_000);

  it("names events, metrics, problems and annotations that exist", () => {
    expect(named(/`(credential_[a-z_]+)`/g)).to.have.length.above(5);
    for (const event of named(/`(credential_[a-z_]+)`/g)) expect(EVENTS, event).to.have.property(event);
    for (const metric of named(/`(podkey_[a-z_]+)[`{]/g)) expect(METRICS, metric).to.have.property(metric);
    for (const reason of [
      "PARTS_INCOMPLETE",
      "PARTS_MISMATCH",
      "PARTS_EXTRA",
      "DUPLICATE_NAME",
      "TOO_LARGE",
    ]) {
      expect(PROBLEM_REASONS).to.have.property(reason);
      expect(PAGE).to.contain(`\`${reason}\``);
    }
    for (const name of LIFETIME_NAMES) expect(PAGE, name).to.contain(name);
  });

  it("splits a folder into parts that podkey serves as one credential with the same files", async () => {
    const folder = mkdtempSync(join(tmpdir(), "podkey-split-"));
    const files: Readonly<Record<string, Buffer>> = {
      ".dockerconfigjson": Buffer.from("{}"),
      "ca-bundle.pem": randomBytes(700_001),
      Upper: Buffer.from("text\n"),
      empty: Buffer.alloc(0),
      "exact.bin": randomBytes(200_000),
    };
    mkdirSync(join(folder, "files"));
    mkdirSync(join(folder, "manifests"));
    for (const [key, bytes] of Object.entries(files)) writeFileSync(join(folder, "files", key), bytes);
    const manifests = execFileSync("sh", [SPLIT, "bundle", join(folder, "files"), "200000"], {
      maxBuffer: 16 * 1024 * 1024,
    });
    writeFileSync(join(folder, "manifests", "bundle.yaml"), manifests);
    const socket = `unix:${join(folder, "p.sock")}`;
    const source = ["--source", "manifests", "--manifests", join(folder, "manifests")];
    const podkey = new RunningPodkey(["serve", ...source, "--listen", socket, "--admin", "none"]);
    const client = openCredentialClient({ endpoint: socket });
    try {
      await podkey.logged("app_ready");
      const { credentials } = await client.list({ view: "VIEW_METADATA" }, { timeoutMs: 5_000 });
      expect(credentials.map(({ name, problems }) => [name, problems])).to.deep.equal([["bundle", []]]);
      const { credential } = await client.get({ name: "bundle" }, { timeoutMs: 5_000 });
      expect(Object.keys(credential?.data ?? {}).sort()).to.deep.equal(Object.keys(files).sort());
      for (const [key, bytes] of Object.entries(files))
        expect(credential?.data[key]?.equals(bytes), key).to.equal(true);
    } finally {
      client.close();
      podkey.kill("SIGTERM");
      await podkey.ended();
      rmSync(folder, { recursive: true });
    }
  });
});
