/** The fleet model against what a real kube-apiserver counted, and docs/scale.md against both. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { measuredCost, measuredRequestsPerHour, readFleetRecord } from "../../../../bench/fleet/measured.ts";
import { fleetCost, requestsPerIdleWatchHour } from "../../../../bench/fleet/model.ts";
import { measuredTable, modelTable } from "../../../../bench/fleet/scale-table.ts";
import { embed } from "../../../../bench/embed.ts";

const PAGE = join(import.meta.dirname, "../../../../docs/scale.md");
const SHAPE = { pods: 1000, secretsPerPod: 3, podsPerNode: 30, podsPerNamespace: 100, secretBytes: 5000 };

describe("the fleet model", () => {
  const record = readFleetRecord();

  it("keeps an idle watch below 14 requests an hour", () => {
    expect(requestsPerIdleWatchHour()).to.be.within(1, 14);
  });

  it("is within a fifth of what the API server counted", () => {
    expect(requestsPerIdleWatchHour() / measuredRequestsPerHour(record)).to.be.within(0.8, 1.2);
  });

  it("grows with the pods at rest, and with a namespace's pods for a change", () => {
    const one = fleetCost(SHAPE, measuredCost(record));
    const ten = fleetCost({ ...SHAPE, pods: 10_000 }, measuredCost(record));
    expect(ten.requestsPerSecond).to.be.closeTo(10 * one.requestsPerSecond, 1e-9);
    expect(ten.changeMegabytes).to.equal(one.changeMegabytes);
    expect(
      fleetCost({ ...SHAPE, podsPerNamespace: 200 }, measuredCost(record)).changeMegabytes,
    ).to.be.closeTo(2 * one.changeMegabytes, 1e-9);
  });

  it("is what docs/scale.md shows", () => {
    const page = readFileSync(PAGE, "utf8");
    const shown = (block: string): string => block.replaceAll(/[\s-]+/g, "");
    for (const [name, block] of [
      ["measured", measuredTable(record)],
      ["model", modelTable(record)],
    ] as const)
      expect(shown(embed(page, name, block))).to.equal(shown(page));
  });
});
