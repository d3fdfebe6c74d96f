/** Abandoned listings while everything changes: what they keep in memory, and the answer to their next page. */
import { expect } from "chai";
import type { Credential } from "../../../src/core/credential/credential.ts";
import { LIST_SNAPSHOTS_LIMIT, LISTING_LIFETIME_MS } from "../../../src/rpc/consumer/list-snapshots.ts";
import { collectGarbage } from "../../support/collect-garbage.ts";
import { credential } from "../../support/core/credentials.ts";
import { ManualTime } from "../../support/core/manual-time.ts";
import type { RpcClient } from "../../support/rpc/client.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { failure } from "../../support/rpc/status-details.ts";

const NAMES = Array.from({ length: 30 }, (_, at) => `k${String(at).padStart(2, "0")}`);
const ROUNDS = 100;
/** The current set, and the previous one during its overlap. */
const SERVED_SETS = 2;

describe("list: abandoned listings", () => {
  const time = new ManualTime();
  let lab: RpcLab;
  let client: RpcClient;
  /** The values of each round, held weakly: those that are alive are kept by the server. */
  const values: WeakRef<object>[][] = [];
  let version = 0;

  before(async () => {
    lab = await RpcLab.start({ time });
    client = lab.client();
  });
  after(() => lab.close());

  function nextSet(): readonly Credential[] {
    version += 1;
    const data = { value: String(version).padEnd(1024, "x") };
    const set = NAMES.map((name) => credential(name, { data, resourceVersion: String(version) }));
    values.push(set.map(({ data: held }) => new WeakRef<object>(held)));
    return set;
  }

  /** How many rounds have a value that is alive. */
  async function roundsAlive(): Promise<number> {
    // After the turn has ended, nothing on the stack refers to the values.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    return values.filter((round) => round.some((value) => value.deref() !== undefined)).length;
  }

  const firstPage = { view: "VIEW_FULL", pageSize: 10 } as const;

  it("keep only the views of the newest few alive", async () => {
    lab.view.sync(nextSet());
    const tokens: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const pages = await Promise.all(Array.from({ length: 5 }, () => client.list(firstPage)));
      for (const page of pages) expect(page.totalSize).to.equal(NAMES.length);
      tokens.push(pages[0]?.nextPageToken ?? "");
      lab.view.change(nextSet());
    }
    expect(await roundsAlive()).to.be.within(LIST_SNAPSHOTS_LIMIT, LIST_SNAPSHOTS_LIMIT + SERVED_SETS);
    for (const [round, pageToken] of tokens.entries()) {
      if (round < ROUNDS - LIST_SNAPSHOTS_LIMIT) {
        const expired = await failure(client.list({ ...firstPage, pageToken }));
        expect(expired).to.include({ code: "ABORTED", reason: "PAGE_EXPIRED" });
        continue;
      }
      const page = await client.list({ ...firstPage, pageToken });
      expect(page.credentials.map(({ name }) => name)).to.deep.equal(NAMES.slice(10, 20));
      for (const { data } of page.credentials)
        expect(data["value"]?.toString()).to.match(new RegExp(`^${String(round + 1)}x`, "u"));
    }
  }).timeout(20_000);

  it("are freed 60 s after their last page, and their tokens are PAGE_EXPIRED", async () => {
    const { nextPageToken } = await client.list(firstPage);
    time.advance(LISTING_LIFETIME_MS + 1);
    expect(await roundsAlive()).to.be.at.most(SERVED_SETS);
    const expired = await failure(client.list({ ...firstPage, pageToken: nextPageToken }));
    expect(expired.reason).to.equal("PAGE_EXPIRED");
  });
});
