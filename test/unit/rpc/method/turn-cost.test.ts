/** No request costs a turn of the event loop more than 50 ms of CPU on 10,000 credentials. */
import { expect } from "chai";
import type { Policy } from "../../../../src/core/select/policy.ts";
import { decodeListRequest } from "../../../../src/rpc/codec/requests.ts";
import type { ListRequest } from "../../../../src/rpc/codec/requests.ts";
import { HeldRequests } from "../../../../src/rpc/consumer/held-requests.ts";
import { ServedConsumer } from "../../../../src/rpc/consumer/served-consumer.ts";
import { get } from "../../../../src/rpc/method/get.ts";
import { list } from "../../../../src/rpc/method/list.ts";
import { readFilter } from "../../../../src/rpc/request/filter.ts";
import { requestDecoder } from "../../../../src/rpc/request/request-decoder.ts";
import { decodeDiscoveryRequest } from "../../../../src/rpc/sds/wire.ts";
import { credential } from "../../../support/core/credentials.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";
import { cpuMs } from "../../../support/rpc/cpu-time.ts";
import { MemoryView } from "../../../support/rpc/memory-view.ts";
import { countedMetrics } from "../../../support/rpc/no-metrics.ts";

const LIMIT_MS = 50;
const CREDENTIALS = 10_000;
const LABELS = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`label-${String(at)}`, "x"]));
const KEYS = Array.from({ length: 1000 }, (_, at) => `key-${String(at)}`);
/** Many rules, none of which allows all names: the costliest question to a policy. */
const POLICY: Policy = {
  rules: Array.from({ length: 100 }, (_, at) => ({
    names: [`c*${String(at)}`, `exact-${String(at)}`, `many-keys`],
    namespaces: ["shop"],
  })),
};

const numbered = (count: number, make: (at: string) => string): string[] =>
  Array.from({ length: count }, (_, at) => make(String(at)));

describe("rpc: cost of a turn with 10,000 credentials", function () {
  this.timeout(30_000);
  const time = new ManualTime();
  let served: ServedConsumer;

  before(() => {
    const view = new MemoryView({ clock: time, policy: POLICY });
    const all = numbered(CREDENTIALS, (at) => `c${at}`).map((name) => credential(name, { labels: LABELS }));
    const data = Object.fromEntries(KEYS.map((key) => [key, "x"]));
    view.sync([...all, credential("many-keys", { data })]);
    served = new ServedConsumer({
      ...{ view, clock: time, timers: time, metrics: countedMetrics().consumer("web") },
      ...{
        defer: (task: () => void) => void setImmediate(task),
        heldRequests: new HeldRequests().open(),
        tokenKey: Buffer.alloc(32),
        maxStaleMs: 0,
        maxStreams: 10_000,
      },
    });
  });
  after(() => served.close());

  const call = { getDeadline: () => Infinity, once: () => undefined };
  const request = (filters: Partial<ListRequest>): ListRequest => ({
    ...{ namespace: "", names: [], labelSelector: "", types: [], detail: undefined },
    ...{ pageSize: 1000, pageToken: "", maxAge: undefined, ...filters },
  });

  const SELECTIONS: readonly (readonly [string, Partial<ListRequest>])[] = [
    ["100 requirements that all hold", { labelSelector: numbered(100, (at) => `!absent-${at}`).join() }],
    ["100 requirements on one label", { labelSelector: numbered(100, (at) => `label-9!=v${at}`).join() }],
    ["1,000 values", { labelSelector: `label-9 notin (${numbered(1000, (at) => `v${at}`).join()})` }],
    ["a selector of blanks", { labelSelector: `a${" ".repeat(16_000)},b` }],
    ["100 types", { types: numbered(100, (at) => `type-${at}`) }],
    ["1,000 names", { names: numbered(1000, (at) => `c${at}`) }],
    ["1,000 names in a namespace", { namespace: "shop", names: numbered(1000, (at) => `c${at}`) }],
    ["nothing", {}],
  ];
  for (const [what, filters] of SELECTIONS) {
    it(`lists with ${what}`, () => {
      expect(cpuMs(() => void list(served, request(filters), call))).to.be.below(LIMIT_MS);
    });

    it(`opens and starts a Watch with ${what}`, () => {
      let taken: () => void = () => undefined;
      const cost = cpuMs(() => {
        const watch = served.hub.open({
          filter: readFilter(request(filters), served.view.policy, "full"),
          start: { kind: "reset", reason: "INITIAL" },
          heartbeatMs: 1000,
          send: (_, next) => (taken = next),
          end: () => undefined,
          cut: () => undefined,
          fail: (thrown) => expect.fail(String(thrown)),
        });
        // The first item, which an unlucky filter finds last.
        taken();
        served.hub.remove(watch);
      });
      expect(cost).to.be.below(LIMIT_MS);
    });
  }

  it("resumes a Watch for which everything changed", () => {
    let taken: () => void = () => undefined;
    const cost = cpuMs(() => {
      const watch = served.hub.open({
        filter: readFilter(request({}), served.view.policy, "full"),
        start: { kind: "resume", after: 0 },
        heartbeatMs: 1000,
        send: (_, next) => (taken = next),
        end: () => undefined,
        cut: () => undefined,
        fail: (thrown) => expect.fail(String(thrown)),
      });
      taken();
      served.hub.remove(watch);
    });
    expect(cost).to.be.below(LIMIT_MS);
  });

  it("gets 1,000 keys", () => {
    const asked = { namespace: "shop", name: "many-keys", keys: KEYS, detail: undefined, previous: false };
    expect(cpuMs(() => void get(served, { ...asked, maxAge: undefined }, call, 0))).to.be.below(LIMIT_MS);
  });

  for (const [what, hex, decoder] of [
    ["unknown fields", "a006", decodeListRequest],
    ["namespaces", "0a", decodeListRequest],
    ["selectors", "1a", decodeListRequest],
    ["durations", "420b08", decodeListRequest],
    ["node ids", "12030a", decodeDiscoveryRequest],
    ["errors", "320b08", decodeDiscoveryRequest],
  ] as const)
    it(`decodes or refuses 1 MiB of ${what}`, () => {
      const decode = requestDecoder<unknown>(decoder);
      for (const value of ["01", "02c3a9", "f9ffffffffffffffff01"]) {
        const bytes = Buffer.from(
          (hex + value).repeat((1024 * 1024) / ((hex.length + value.length) / 2)),
          "hex",
        );
        expect(
          cpuMs(() => void decode(bytes)),
          value,
        ).to.be.below(LIMIT_MS);
      }
    });
});
