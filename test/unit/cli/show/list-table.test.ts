import { expect } from "chai";
import { ListTable } from "../../../../src/cli/show/list-table.ts";
import { plain } from "../../../../src/cli/output/paint.ts";
import type { Credential } from "../../../../src/client/index.ts";
import { wireCredential, wireTime } from "../../../support/client/wire.ts";

const NOW_MS = Date.UTC(2026, 0, 10);
const DAY_MS = 86_400_000;

/** The whole table in one chunk. */
function listTable(...credentials: readonly Credential[]): string {
  const table = new ListTable(NOW_MS, plain);
  return (table.rows(credentials) + table.end()).trimEnd();
}

describe("list: table", () => {
  it("has one row for each credential, without trailing blanks", () => {
    const keys = [
      { name: "tls.crt", sizeBytes: "1500" },
      { name: "tls.key", sizeBytes: "36" },
    ];
    const table = listTable(
      wireCredential("db-main", {
        createTime: wireTime(NOW_MS - 3 * DAY_MS),
        observeTime: wireTime(NOW_MS - 5000),
      }),
      wireCredential("web", { type: "kubernetes.io/tls", keys, expireTime: wireTime(NOW_MS + 9 * DAY_MS) }),
    );
    expect(table.split("\n")).to.deep.equal([
      "NAMESPACE   NAME      TYPE                KEYS   SIZE      REVISION   AGE   CHANGED   EXPIRES",
      "shop        db-main   Opaque              1      6 B       1          3d    5s        -",
      "shop        web       kubernetes.io/tls   2      1.5 KiB   1          -     -         in 9d",
    ]);
  });

  it("prints chunks under one header, and widens a column if a later chunk needs it", () => {
    const table = new ListTable(NOW_MS, plain);
    const lines = (table.rows([wireCredential("a")]) + table.rows([wireCredential("a-long-name")])).split(
      "\n",
    );
    expect(lines.slice(0, 3).map((line) => line.slice(0, 30))).to.deep.equal([
      "NAMESPACE   NAME   TYPE     KE",
      "shop        a      Opaque   1 ",
      "shop        a-long-name   Opaq",
    ]);
  });

  it("prints no control character of a type, a label, an annotation or a problem", () => {
    const evil = "\u001b[2J\u009b31m\u202eabc\r\n";
    const problem = { reason: "X", key: "", message: evil, contentOutdated: false };
    const credential = wireCredential("web", { type: evil, problems: [problem] });
    expect(listTable(credential)).to.contain("\\u001b[2J\\u009b31m\\u202eabc\\u000d\\u000a");
    expect(listTable(credential).replaceAll("\n", "")).not.to.match(/[\p{Cc}\p{Cf}]/u);
  });

  it("marks expired credentials and problems, and explains the problems below", () => {
    const problem = {
      reason: "BAD_PEM",
      key: "tls.crt",
      message: "It does not parse.",
      contentOutdated: true,
    };
    const credential = wireCredential("web", {
      problems: [problem],
      expireTime: wireTime(NOW_MS - 3_600_000 * 3),
    });
    const [, row, below] = listTable(credential).split("\n");
    expect(row).to.match(/^shop +web ! .* 3h ago !$/);
    expect(below).to.equal(
      "! shop/web, key tls.crt: It does not parse. What is served is the last good content. (BAD_PEM)",
    );
  });

  it("never prints a value", () => {
    expect(listTable(wireCredential("a"))).not.to.contain("canary");
  });

  it("prints a sentence for an empty list", () => {
    expect(listTable()).to.equal("No credentials found.");
  });
});
