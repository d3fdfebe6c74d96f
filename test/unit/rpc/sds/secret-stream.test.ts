import { expect } from "chai";
import { replySizeBytes } from "../../../../src/rpc/codec/reply.ts";
import type { Reply } from "../../../../src/rpc/codec/reply.ts";
import { SecretStream } from "../../../../src/rpc/sds/secret-stream.ts";
import { SDS_ANSWER_LIMIT_BYTES } from "../../../../src/rpc/sds/wire.ts";
import type { DiscoveryRequest } from "../../../../src/rpc/sds/wire.ts";
import { ReadyQueue } from "../../../../src/rpc/watch/ready-queue.ts";
import { credential } from "../../../support/core/credentials.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";
import { cpuMs } from "../../../support/rpc/cpu-time.ts";
import { MemoryView } from "../../../support/rpc/memory-view.ts";
import { openResponse, SDS_DEFINITION } from "../../../support/rpc/sds-client.ts";
import type { SdsResponse } from "../../../support/rpc/sds-client.ts";

const MIB = 1024 * 1024;
const RESPONSE = SDS_DEFINITION["envoy.service.discovery.v3.DiscoveryResponse"] as unknown as {
  deserialize(bytes: Buffer): object;
};

function tls(name: string, chain: string, key = "key"): ReturnType<typeof credential> {
  return credential(name, { data: { "tls.crt": chain, "tls.key": key, "ca.crt": "ca" } });
}

/** A stream without a network; the test runs the turns and takes the messages. */
class SecretDesk {
  readonly view = new MemoryView({ clock: new ManualTime() });
  readonly replies: Reply[] = [];
  readonly states: (string | undefined)[] = [];
  isCut = false;
  readonly stream: SecretStream;
  readonly #turns: (() => void)[] = [];
  #taken: (() => void) | undefined;

  constructor() {
    const ready = new ReadyQueue({ clock: new ManualTime(), defer: (task) => void this.#turns.push(task) });
    this.stream = new SecretStream({
      view: this.view,
      ready,
      hold: (value) => ({ value, release: () => undefined }),
      send: (reply, taken) => {
        this.replies.push(reply);
        this.#taken = taken;
      },
      cut: () => (this.isCut = true),
      fail: (thrown) => expect.fail(String(thrown)),
      onState: (_, to) => void this.states.push(to),
      onAnswer: () => undefined,
    });
  }

  /** Sends a request and runs the turns that follow. */
  request(fields: Partial<DiscoveryRequest>): void {
    const empty = { nodeId: "", resourceNames: [], typeUrl: "", responseNonce: "", errorCode: undefined };
    this.stream.receive({ ...empty, ...fields });
    this.settle();
  }

  /** Runs turns; returns how many there were. */
  settle(): number {
    let count = 0;
    for (let task = this.#turns.shift(); task !== undefined; task = this.#turns.shift()) {
      task();
      count += 1;
    }
    return count;
  }

  /** The transport takes the message in flight. */
  take(): void {
    this.#taken?.();
  }

  /** The responses so far, decoded, and none are left. */
  responses(): readonly SdsResponse[] {
    return this.replies.splice(0).map((reply) => openResponse(RESPONSE.deserialize(Buffer.concat(reply))));
  }
}

const namesOf = (responses: readonly SdsResponse[]): readonly string[][] =>
  responses.map(({ secrets }) => secrets.map(({ name }) => name));

describe("sds: StreamSecrets", () => {
  it("sends a resource once that a request names many times", () => {
    const desk = new SecretDesk();
    desk.view.sync([tls("web", "x".repeat(3000))]);
    desk.request({ resourceNames: Array.from({ length: 1000 }, () => "web") });
    expect(namesOf(desk.responses())).to.deep.equal([["web"]]);
  });

  it("splits a state over 3.5 MiB into responses that have it together", () => {
    const desk = new SecretDesk();
    const names = ["a", "b", "c", "d", "e"];
    desk.view.sync(names.map((name) => tls(name, "x".repeat(MIB))));
    desk.request({ resourceNames: names });
    desk.take();
    desk.take();
    for (const reply of desk.replies) expect(replySizeBytes(reply)).to.be.at.most(SDS_ANSWER_LIMIT_BYTES);
    expect(namesOf(desk.responses())).to.deep.equal([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
  });

  it("counts a split state as current when its last response is acknowledged, unless an earlier one was refused", () => {
    for (const [errorCode, state] of [
      [undefined, "current"],
      [13, "refused"],
    ] as const) {
      const desk = new SecretDesk();
      const resourceNames = ["a", "b", "c", "d"];
      desk.view.sync(resourceNames.map((name) => tls(name, "x".repeat(MIB))));
      desk.request({ resourceNames });
      desk.take();
      const [first, last] = desk.responses();
      desk.request({ resourceNames, responseNonce: first?.nonce ?? "", errorCode });
      desk.request({ resourceNames, responseNonce: last?.nonce ?? "" });
      expect(desk.states.at(-1)).to.equal(state);
    }
  });

  it("leaves out a resource that no response can hold, without sending the others again and again", () => {
    const desk = new SecretDesk();
    desk.view.sync([tls("large", "x".repeat(4 * MIB)), tls("web", "chain")]);
    desk.request({ resourceNames: ["large", "web"] });
    desk.take();
    desk.take();
    expect(namesOf(desk.responses())).to.deep.equal([["web"]]);
  });

  it("does nothing for a change of other credentials", () => {
    const desk = new SecretDesk();
    desk.view.sync([tls("web", "chain")]);
    desk.request({ resourceNames: ["web"] });
    desk.take();
    desk.view.change([tls("other", "chain")]);
    expect(desk.settle()).to.equal(0);
  });

  it("is cut if its message in flight holds what a new policy denies", () => {
    for (const [keys, isCut] of [
      [["tls.crt", "tls.key"], false],
      [["tls.crt"], true],
    ] as const) {
      const desk = new SecretDesk();
      desk.view.sync([tls("web", "chain")]);
      desk.request({ resourceNames: ["web"] });
      desk.view.reload({ rules: [{ keys }] });
      expect(desk.isCut).to.equal(isCut);
    }
  });

  it("does not send the rest of a split state that a new policy denies", () => {
    const desk = new SecretDesk();
    const names = ["a", "b", "c", "d", "e"];
    desk.view.sync(names.map((name) => tls(name, "x".repeat(MIB))));
    desk.request({ resourceNames: names });
    desk.view.reload({ rules: [{ names: ["a", "b", "c", "d"] }] });
    desk.settle();
    desk.take();
    expect(namesOf(desk.responses())).to.deep.equal([["a", "b", "c"], ["d"]]);
  });

  it("costs less than 50 ms of CPU with 1,000 names", () => {
    const desk = new SecretDesk();
    const resourceNames = Array.from({ length: 1000 }, (_, at) => `n${String(at)}`);
    desk.view.sync(resourceNames.map((name) => tls(name, "x".repeat(3000))));
    let isReversed = false;
    const cost = cpuMs(() => {
      isReversed = !isReversed;
      desk.request({ resourceNames: isReversed ? resourceNames.slice(1) : resourceNames });
      desk.take();
    });
    expect(cost).to.be.below(50);
  });
});
