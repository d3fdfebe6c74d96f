/**
 * A hundred scopes at a restart of the API server in virtual time, with the request limit: how their reconnects are distributed over time,
 * and that each resumes at its version.
 */
import { expect } from "chai";
import type { VirtualScopesOptions } from "./virtual-scopes.ts";
import { VirtualScopes } from "./virtual-scopes.ts";

/** Times of all requests from the restart on, in ms after it, when all scopes have watched for two minutes before. */
function restart(limit: Pick<VirtualScopesOptions, "qps" | "burst">): readonly number[] {
  const world = new VirtualScopes({ scopes: 100, seed: 20_26, ...limit });
  world.run(130_000);
  const before = world.server.requests.length;
  const atMs = world.nowMs;
  world.server.fail("reset");
  world.server.heal();
  world.run(30_000);
  const after = world.server.requests.slice(before);
  expect(after.map(({ what }) => what)).to.deep.equal(Array.from({ length: 100 }, () => "watch"));
  world.stop();
  return after.map((request) => request.atMs - atMs);
}

describe(VirtualScopes.name, () => {
  it("scenario 36: reconnect evenly over 2 s without a list, if --api-qps and --api-burst equal their number", () => {
    const times = restart({ qps: 100, burst: 100 });
    expect(Math.max(...times)).to.be.within(1_800, 2_000);
    for (const fromMs of [0, 500, 1_000, 1_500]) {
      const count = times.filter((time) => time >= fromMs && time < fromMs + 500).length;
      expect(count, `from ${String(fromMs)} ms`).to.be.within(12, 40);
    }
  });

  it("scenario 36: reconnect within 4 s at the default limit, which is never exceeded", () => {
    const times = restart({});
    expect(Math.max(...times)).to.be.within(3_450, 4_000);
    for (const [index, time] of times.entries())
      expect(index + 1, `requests in the first ${String(time)} ms`).to.be.at.most(
        30 + (20 * time) / 1_000 + 1,
      );
  });
});
