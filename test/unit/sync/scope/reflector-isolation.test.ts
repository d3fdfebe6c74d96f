/** What happens around a reflector stays around it: subscribers that throw, contact, signals that re-enter. */
import { expect } from "chai";
import { config } from "rxjs";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import { Lab, refusesWatchList, syncedLab } from "../../../support/marbles-lab.ts";
import { OPEN, put, replyList, replyWatchList } from "../../../support/marbles-signals.ts";

describe("reflector: isolation", () => {
  it("scenario 38: goes on when a subscriber throws", async () => {
    const before = config.onUnhandledError;
    const thrown = new Promise<unknown>((resolve) => {
      config.onUnhandledError = resolve;
    });
    const lab = new Lab();
    const seen: string[] = [];
    lab.reflector.events$.subscribe((event) => {
      seen.push(event.kind);
      if (event.kind === "reset-end") throw new Error("a bug of a subscriber");
    });
    replyWatchList(lab.watch(0), 20, { a: 7 });
    lab.watch(0).reply.next(put("a", 21));
    expect(seen).to.deep.equal(["reset-begin", "reset-item", "reset-end", "put"]);
    expect(await thrown).to.have.property("message", "a bug of a subscriber");
    config.onUnhandledError = before;
  });

  it("emits contact as it comes, also during trouble", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(new SyncError("server", "500"));
    lab.contact(true);
    lab.contact(false);
    const contacts = lab.events.filter(({ event }) => event.kind === "contact").map(({ event }) => event);
    expect(contacts.map((event) => event.kind === "contact" && event.detectsSilence)).to.deep.equal([
      true,
      false,
    ]);
  });

  it("takes an upstream that answers while it is being asked", () => {
    const lab = new Lab({
      traits: refusesWatchList(),
      script: {
        list: (call) => replyList(call, 20, { a: 7 }),
        watch: (call, index) => {
          call.reply.next(OPEN);
          call.reply.next(put("a", 30 + index));
        },
      },
    }).start();
    expect(lab.story).to.deep.equal(["begin initial", "item a@7", "end 20", "put a@30"]);
  });

  it("ignores what a closed request still delivers", () => {
    const lab = syncedLab();
    lab.reflector.relist("limit");
    lab.watch(0).reply.next(put("a", 99));
    expect(lab.story).to.deep.equal([]);
  });

  it("stops at once when its subscriber leaves from within an event", () => {
    const lab = new Lab();
    const seen: string[] = [];
    const subscription = lab.reflector.events$.subscribe((event) => {
      seen.push(event.kind);
      if (event.kind === "reset-item") subscription.unsubscribe();
    });
    replyWatchList(lab.watch(0), 20, { a: 7, b: 9 });
    expect(seen).to.deep.equal(["reset-begin", "reset-item"]);
    expect(lab.watch(0).isClosed).to.equal(true);
  });

  it("asks for nothing more when its subscriber leaves at the end of a list", () => {
    const lab = new Lab({ traits: refusesWatchList() });
    const subscription = lab.reflector.events$.subscribe((event) => {
      if (event.kind === "reset-end") subscription.unsubscribe();
    });
    replyList(lab.list(0), 20, { a: 7 });
    expect(lab.watches).to.have.length(0);
    expect(lab.scheduler.actions).to.have.length(0);
  });

  it("takes no request to list or prove when nobody listens", () => {
    const lab = new Lab();
    lab.reflector.relist("limit");
    expect(lab.rounds).to.deep.equal([]);
  });

  it("shows its state to the metrics when it turns", () => {
    const lab = new Lab({ random: () => 0 }).start();
    replyWatchList(lab.watch(0), 20, {});
    lab.watch(0).reply.error(new SyncError("reset", "cut"));
    lab.watch(1).reply.next(OPEN);
    lab.advanceTo(2_000);
    expect(lab.countedOf("state")).to.deep.equal([
      "state syncing",
      "state live",
      "state stale UNREACHABLE",
      "state live",
    ]);
  });
});
