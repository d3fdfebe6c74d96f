import { expect } from "chai";
import { listTable } from "../../../../src/cli/show/list-table.ts";
import { plain } from "../../../../src/cli/output/paint.ts";
import { wireCredential, wireTime } from "../../../support/client/wire.ts";

const NOW_MS = Date.UTC(2026, 0, 10);
const DAY_MS = 86_400_000;

describe("list: table", () => {
  it("has one row for each credential, without trailing blanks", () => {
    const keys = [
      { name: "tls.crt", sizeBytes: "1500" },
      { name: "tls.key", sizeBytes: "36" },
    ];
    const table = listTable(
      [
        wireCredential("db-main", { createTime: wireTime(NOW_MS - 3 * DAY_MS) }),
        wireCredential("web", { type: "kubernetes.io/tls", keys, expireTime: wireTime(NOW_MS + 9 * DAY_MS) }),
      ],
      NOW_MS,
      plain,
    );
    expect(table.split("\n")).to.deep.equal([
      "NAMESPACE   NAME      TYPE                KEYS   SIZE      REVISION   AGE   EXPIRES",
      "shop        db-main   Opaque              1      6 B       1          3d    -",
      "shop        web       kubernetes.io/tls   2      1.5 KiB   1          -     in 9d",
    ]);
  });

  it("uses the observe time if there is no creation time", () => {
    const table = listTable([wireCredential("a", { observeTime: wireTime(NOW_MS - 5000) })], NOW_MS, plain);
    expect(table).to.match(/ 5s {4}-$/);
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
    const [, row, below] = listTable([credential], NOW_MS, plain).split("\n");
    expect(row).to.match(/^shop +web ! .* 3h ago !$/);
    expect(below).to.equal(
      "! shop/web, key tls.crt: It does not parse. What is served is the last good content. (BAD_PEM)",
    );
  });

  it("never prints a value", () => {
    expect(listTable([wireCredential("a")], NOW_MS, plain)).not.to.contain("canary");
  });

  it("prints a sentence for an empty list", () => {
    expect(listTable([], NOW_MS, plain)).to.equal("No credentials found.");
  });
});
