/** 200 random histories in every run of the tests; `npm run histories` runs 10,000. */
import fc from "fast-check";
import { history } from "./history-step.ts";
import { playHistory } from "./history-world.ts";

describe("histories: random history", () => {
  it("serves what was true with a correct freshness, and ends equal to the server in every reader", () => {
    fc.assert(
      fc.property(history, fc.integer(), (steps, seed) => {
        playHistory(steps, seed);
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);
});
