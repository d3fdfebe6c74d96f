import { expect } from "chai";
import { ALLOW_ALL } from "../../../../src/core/select/policy.ts";
import type { View } from "../../../../src/core/view/view.ts";
import { NO_VIEW } from "../../../../src/core/view/view-fold.ts";
import {
  LIST_SNAPSHOTS_LIMIT,
  ListSnapshots,
  LISTING_LIFETIME_MS,
} from "../../../../src/rpc/consumer/list-snapshots.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";

function setUp(): {
  readonly time: ManualTime;
  readonly views: ListSnapshots;
  readonly view: (number: number) => View;
} {
  const time = new ManualTime();
  return {
    time,
    views: new ListSnapshots({ clock: time, timers: time }),
    view: (number) => ({ ...NO_VIEW, number }),
  };
}

describe("list snapshots", () => {
  it("keeps a view for 60 s after the last page", () => {
    const { time, views, view } = setUp();
    const first = view(1);
    const listing = views.keep(first, ALLOW_ALL);
    time.advance(LISTING_LIFETIME_MS - 1);
    expect(views.find(listing, ALLOW_ALL)).to.equal(first);
    time.advance(LISTING_LIFETIME_MS - 1);
    expect(views.find(listing, ALLOW_ALL)).to.equal(first);
    time.advance(LISTING_LIFETIME_MS);
    expect(views.find(listing, ALLOW_ALL)).to.equal(undefined);
    expect(time.pending).to.equal(0);
  });

  it("uses one snapshot for all listings of the same view", () => {
    const { views, view } = setUp();
    const one = view(1);
    expect(views.keep(one, ALLOW_ALL)).to.equal(views.keep(one, ALLOW_ALL));
  });

  it("drops the least recently used view first", () => {
    const { views, view } = setUp();
    const listings = Array.from({ length: LIST_SNAPSHOTS_LIMIT }, (_, at) => views.keep(view(at), ALLOW_ALL));
    expect(views.find(listings[0] ?? 0, ALLOW_ALL)).to.not.equal(undefined);
    views.keep(view(99), ALLOW_ALL);
    expect(listings.map((one) => views.find(one, ALLOW_ALL) !== undefined)).to.deep.equal([
      true,
      false,
      true,
      true,
    ]);
  });

  it("does not return a view after the policy has changed", () => {
    const { views, view } = setUp();
    const listing = views.keep(view(1), ALLOW_ALL);
    expect(views.find(listing, { rules: [] })).to.equal(undefined);
  });
});
