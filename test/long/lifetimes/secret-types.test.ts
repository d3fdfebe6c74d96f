/**
 * Every type of Secret in every shape through the built podkey: the answers of the API, `list`, `check`, metrics and log. Two
 * processes, because the rate limit of the log would drop lines.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Credential } from "../../../src/client/index.ts";
import { openCredentialClient } from "../../../src/client/index.ts";
import type { Ended } from "../../support/process/run-podkey.ts";
import { runPodkey, RunningPodkey } from "../../support/process/run-podkey.ts";
import type { SecretRow, Shape } from "../../support/secret-rows.ts";
import { CANARY, rowManifest, SECRET_ROWS } from "../../support/secret-rows.ts";

const RUNS: readonly (readonly Shape[])[] = [["good", "incomplete", "wrong"], ["huge"]];

interface Seen {
  readonly answers: ReadonlyMap<string, Credential>;
  readonly log: string;
  readonly metrics: string;
  readonly list: Ended;
  readonly check: Ended;
}

function brief({ problems }: Credential): readonly string[] {
  return problems.map(({ reason, key }) => (key === "" ? reason : `${reason} ${key}`));
}

/** Metric lines of one reason. */
function counted(metrics: string, reason: string): string | undefined {
  return new RegExp(`^podkey_credential_problems\\{reason="${reason}"\\} (\\d+)$`, "m").exec(metrics)?.[1];
}

describe("Secret types", function () {
  this.timeout(60_000);

  for (const shapes of RUNS)
    describe(`that is ${shapes.join(" or ")}`, () => {
      const rows = SECRET_ROWS.filter(({ shape }) => shapes.includes(shape));
      let folder: string;
      let seen: Seen;

      before(async () => {
        folder = mkdtempSync(join(tmpdir(), "podkey-types-"));
        for (const row of rows) writeFileSync(join(folder, `${row.name}.json`), rowManifest(row));
        seen = await look(folder, rows);
      });
      after(() => {
        rmSync(folder, { recursive: true });
      });

      for (const row of rows)
        it(`${row.name}: ${row.problems.join(", ") || "no problems"}`, () => {
          expectRow(row, rows, seen);
        });

      it("shows values only in answers", () => {
        const { list, check, log, metrics } = seen;
        for (const text of [list.stdout, list.stderr, check.stdout, check.stderr, log, metrics]) {
          expect(text).not.to.contain(CANARY);
          expect(text).not.to.contain("PRIVATE KEY-----\n");
        }
      });
    });
});

async function look(folder: string, rows: readonly SecretRow[]): Promise<Seen> {
  const socket = `unix:${join(folder, "p.sock")}`;
  const source = ["--source", "manifests", "--manifests", folder];
  const podkey = new RunningPodkey(["serve", ...source, "--listen", socket, "--admin", "127.0.0.1:0"]);
  try {
    await podkey.logged("app_ready");
    const address = /"event":"app_admin_listening","address":"([^"]+)"/.exec(podkey.output)?.[1] ?? "";
    const client = openCredentialClient({ endpoint: socket });
    const answers = new Map<string, Credential>();
    try {
      for (const { name } of rows) {
        const { credential } = await client.get({ name }, { timeoutMs: 5_000 });
        if (credential) answers.set(name, credential);
      }
    } finally {
      client.close();
    }
    return {
      answers,
      log: podkey.output,
      metrics: await (await fetch(`http://${address}/metrics`)).text(),
      list: await runPodkey(["list", "--endpoint", socket]),
      check: await runPodkey(["check", ...source, "--listen", `unix:${join(folder, "c.sock")}`]),
    };
  } finally {
    podkey.kill("SIGTERM");
    await podkey.ended();
  }
}

function expectRow(
  row: SecretRow,
  rows: readonly SecretRow[],
  { answers, log, metrics, list, check }: Seen,
): void {
  const answer = answers.get(row.name);
  if (answer === undefined) throw new Error(`${row.name} was not answered`);
  expect(brief(answer)).to.deep.equal(row.problems);
  // Beyond 3 MiB the keys come without their values.
  const values = row.problems.includes("TOO_LARGE") ? {} : row.data;
  expect(
    Object.fromEntries(Object.entries(answer.data).map(([key, bytes]) => [key, bytes.toString()])),
  ).to.deep.equal(values);
  const line = log
    .split("\n")
    .find((each) => each.includes("credential_problem") && each.includes(`"${row.name}"`));
  if (row.problems.length === 0) {
    expect(line).to.equal(undefined);
    expect(check.stdout).not.to.match(new RegExp(`credential default/${row.name} +[A-Z_]+: `));
    expect(list.stdout).to.contain(`${row.name} `).and.not.contain(`default/${row.name}`);
    return;
  }
  const ofReason = (reason: string): readonly SecretRow[] =>
    rows.filter(({ problems }) => problems.some((each) => each.split(" ")[0] === reason));
  for (const [reason = "", key = ""] of row.problems.map((each) => each.split(" "))) {
    expect(line, "log").to.contain(`${reason}: `);
    expect(counted(metrics, reason), "metric").to.equal(String(ofReason(reason).length));
    expect(check.stdout, "check").to.match(
      new RegExp(`^warn +credential default/${row.name} +${reason}: `, "m"),
    );
    const where = `default/${row.name}${key === "" ? "" : `, key ${key}`}: `;
    const listed = list.stdout
      .split("\n")
      .find((each) => each.includes(where) && each.includes(`(${reason})`));
    expect(listed, "list").to.be.a("string");
  }
}
