/**
 * The contract of a source: what is true for every place that credentials come from, written once and run against each target.
 * Called by source.test.ts. The last line of a target's report names the cases that it cannot run, with the reason.
 */
import { expect } from "chai";
import { CHANGES } from "./source/cases/changes.ts";
import { CONNECTION } from "./source/cases/connection.ts";
import { CONTENT } from "./source/cases/content.ts";
import { FIRST_SYNC } from "./source/cases/first-sync.ts";
import { FRESHNESS } from "./source/cases/freshness.ts";
import { SECRECY } from "./source/cases/secrecy.ts";
import { SELECTION } from "./source/cases/selection.ts";
import { openPlay } from "./source/play.ts";
import type { Ability, ContractCase, SourceTarget } from "./source/world.ts";

/** Every case, by theme. */
export const SOURCE_CASES: Readonly<Record<string, readonly ContractCase[]>> = {
  "first sync": FIRST_SYNC,
  changes: CHANGES,
  selection: SELECTION,
  content: CONTENT,
  secrecy: SECRECY,
  freshness: FRESHNESS,
  connection: CONNECTION,
};

/** Defines the suite of one target. */
export function sourceContract(target: SourceTarget): void {
  describe(target.name, function () {
    this.timeout(target.timeoutMs);
    before(async function () {
      this.timeout(90_000);
      await target.prepare?.();
    });
    after(() => target.dispose?.());

    for (const [theme, cases] of Object.entries(SOURCE_CASES)) {
      describe(theme, () => {
        for (const one of cases.filter((each) => lacking(target, each) === undefined)) {
          it(one.it, () => playCase(target, one));
        }
      });
    }

    for (const [ability, reason] of Object.entries(target.lacks)) {
      const unplayed = allCases().filter((each) => lacking(target, each) === ability);
      it(`cannot run ${String(unplayed.length)} cases that need ${ability}: ${reason}`, () => {
        expect(unplayed, "a missing ability that no case needs").not.to.be.empty;
      });
    }
  });
}

function allCases(): readonly ContractCase[] {
  return Object.values(SOURCE_CASES).flat();
}

function lacking(target: SourceTarget, one: ContractCase): Ability | undefined {
  return one.needs?.find((ability) => target.lacks[ability] !== undefined);
}

async function playCase(target: SourceTarget, one: ContractCase): Promise<void> {
  const opened = openPlay(await target.open());
  try {
    await one.play(opened.play);
  } finally {
    await opened.close();
  }
}
