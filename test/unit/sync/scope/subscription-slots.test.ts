/** Upstream subscriptions by slot: whose signals still count. */
import { expect } from "chai";
import { NEVER, Observable, Subject, throwError } from "rxjs";
import type { Link } from "../../../../src/sync/scope/subscription-slots.ts";
import { SubscriptionSlots } from "../../../../src/sync/scope/subscription-slots.ts";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";

describe("subscription-slots", () => {
  it("closes what a slot held when it is opened again, and lets its signals count no more", () => {
    const { slots, links, open } = setUp();
    const closed: string[] = [];
    open("main", new Observable(() => () => void closed.push("first")));
    const first = links[0];
    open("main", NEVER);
    expect(closed).to.deep.equal(["first"]);
    expect(links.map((link) => slots.isCurrent(link))).to.deep.equal([false, true]);
    expect(first?.slot).to.equal("main");
  });

  it("puts the successor in the place of the main subscription", () => {
    const { slots, links, open } = setUp();
    open("main", NEVER);
    open("successor", NEVER);
    slots.promote();
    expect(links.map((link) => [link.slot, slots.isCurrent(link)])).to.deep.equal([
      ["main", false],
      ["main", true],
    ]);
    slots.close("successor");
    expect(links.map((link) => slots.isCurrent(link))).to.deep.equal([false, true]);
  });

  it("aborts everything on clear", () => {
    const { slots, open } = setUp();
    const signals$ = new Subject<string>();
    open("main", signals$);
    open("versions", signals$);
    slots.clear();
    expect(signals$.observed).to.equal(false);
  });

  it("hands on a classified error as it is, and any other as one of the server", () => {
    const { open, errors } = setUp();
    const known = new SyncError("forbidden", "403");
    open(
      "main",
      throwError(() => known),
    );
    open(
      "main",
      throwError(() => new TypeError("a bug")),
    );
    expect(errors[0]).to.equal(known);
    expect(errors[1]?.kind).to.equal("server");
    expect(errors[1]?.cause).to.be.instanceOf(TypeError);
  });
});

function setUp(): {
  readonly slots: SubscriptionSlots;
  readonly links: readonly Link[];
  readonly errors: readonly SyncError[];
  readonly open: (slot: Link["slot"], signals$: Observable<unknown>) => void;
} {
  const slots = new SubscriptionSlots();
  const links: Link[] = [];
  const errors: SyncError[] = [];
  const open = (slot: Link["slot"], signals$: Observable<unknown>): void => {
    // A first signal shows the link; the slots hand it to nobody else.
    const announced$ = new Observable((subscriber) => {
      subscriber.next("announce");
      return signals$.subscribe(subscriber);
    });
    slots.open(slot, () => announced$, {
      next: (link) => links.push(link),
      completed: () => undefined,
      failed: (_link, error) => errors.push(error),
    });
  };
  return { slots, links, errors, open };
}
