/**
 * The bundle with an OpenTelemetry SDK: the spans of calls and changes, their links, and that they contain no secrets.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { copyBuilt } from "../support/process/built-copy.ts";
import { Canaries } from "../support/process/canary.ts";
import { RunningPodkey } from "../support/process/run-podkey.ts";
import type { RpcClient } from "../support/rpc/client.ts";
import { openClient } from "../support/rpc/client.ts";

const REGISTER = join(import.meta.dirname, "..", "support", "tracing", "register.js");
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const TRACED = { traceparent: `00-${TRACE}-${PARENT}-01` };

interface Span {
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly linked: readonly string[];
  readonly parent?: string;
  readonly status: number;
  readonly traceId: string;
  readonly spanId: string;
}

describe("tracing", function () {
  this.timeout(20_000);
  let dist: string;
  let folder: string;
  let podkey: RunningPodkey;
  let client: RpcClient;
  const canaries = new Canaries();

  before(async () => {
    dist = await copyBuilt();
    folder = mkdtempSync(join(tmpdir(), "podkey-tracing-"));
    write(canaries.plant("first"));
    const source = ["--source", "manifests", "--manifests", folder, "--admin", "none", "--audit", "all"];
    podkey = new RunningPodkey(["serve", ...source, "--listen", `unix:${join(folder, "p.sock")}`], {
      program: join(dist, "podkey.js"),
      nodeArgs: ["--import", REGISTER],
      env: { SPANS_FILE: join(folder, "spans.jsonl") },
    });
    await podkey.logged("app_ready");
    client = openClient(`unix:${join(folder, "p.sock")}`);
  });
  after(async () => {
    client.close();
    podkey.kill("SIGKILL");
    await podkey.ended();
    rmSync(folder, { recursive: true });
    rmSync(dist, { recursive: true });
  });

  function write(password: string): void {
    const manifest = { apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, stringData: { password } };
    writeFileSync(join(folder, "db.json"), JSON.stringify(manifest));
  }

  function spansFile(): string {
    const file = join(folder, "spans.jsonl");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  function spans(name: string): readonly Span[] {
    const lines = spansFile()
      .split("\n")
      .filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as Span).filter((span) => span.name === name);
  }

  it("creates a span for a Get as child of the caller's span, with the RPC conventions", async () => {
    await client.get({ name: "db" }, { metadata: TRACED });
    // The audit line is written after the span has ended.
    await podkey.printed(new RegExp(`"event":"audit_read".*"trace_id":"${TRACE}"`));
    const [span] = spans("podkey.v1.CredentialService/Get");
    expect(span).to.include({ kind: 1, traceId: TRACE, parent: PARENT, status: 0 });
    expect(span?.attributes).to.deep.equal({
      "rpc.system.name": "grpc",
      "rpc.method": "podkey.v1.CredentialService/Get",
      "rpc.response.status_code": "OK",
      "podkey.consumer": "default",
      "podkey.revision": 1,
    });
  });

  it("has the reason of an error, and the error status only for server errors", async () => {
    await client.get({ name: "absent" }).catch(() => undefined);
    await podkey.printed(/"outcome":"CREDENTIAL_NOT_FOUND"/);
    const span = spans("podkey.v1.CredentialService/Get").at(-1);
    expect(span).to.include({ status: 0 }).and.not.to.have.property("parent");
    expect(span?.attributes).to.include({
      "rpc.response.status_code": "NOT_FOUND",
      "error.type": "CREDENTIAL_NOT_FOUND",
    });
  });

  it("links a read to the source change that created the served revision", async () => {
    const watch = client.watch({ names: ["db"] }, { metadata: TRACED });
    await watch.until(({ event }) => event === "synced");
    write(canaries.plant("second"));
    await watch.until(({ event }) => event === "change");
    await client.get({ name: "db" });
    await podkey.printed(/"event":"audit_read".*"revision":2,/);
    const [change] = spans("podkey.source.change");
    expect(change?.kind).to.equal(4);
    expect(change?.attributes).to.deep.equal({ "podkey.revisions": ["default=2"] });
    expect(spans("podkey.v1.CredentialService/Get").at(-1)?.linked).to.deep.equal([change?.spanId]);
    watch.call.cancel();
    await podkey.printed(new RegExp(`"event":"audit_watch".*"trace_id":"${TRACE}"`));
    expect(spans("podkey.v1.CredentialService/Watch")[0]).to.include({ traceId: TRACE, parent: PARENT });
  });

  it("has no values, keys or names of credentials in spans", () => {
    expect(canaries.foundIn(spansFile())).to.deep.equal([]);
    // Identifiers of traces and spans are hex and may begin with `db` too.
    expect(spansFile().replace(/"[0-9a-f]{16}(?:[0-9a-f]{16})?"/g, '"id"')).to.not.match(
      /password|"db|absent/,
    );
  });
});
