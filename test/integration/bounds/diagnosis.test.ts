/** The cost of a 403: a few reviews, for any number of forbidden names. */
import { expect } from "chai";
import type { Scope, ScopeId } from "../../../src/core/snapshot/sync-event.ts";
import { EMPTY } from "rxjs";
import type { ApiClient } from "../../../src/source/kubernetes/api/api-client.ts";
import { createDiagnoser } from "../../../src/source/kubernetes/diagnose/diagnoser.ts";
import { ManualTime } from "../../support/core/manual-time.ts";
import type { EventFields } from "../../../src/log/events.ts";
import { openTestClient } from "../source/kubernetes/test-client.ts";

/** Long enough for the promises of one diagnosis to settle. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}

function named(name: string): Scope {
  return { id: `shop/${name}` as ScopeId, namespace: "shop", name };
}

describe("bounds: diagnosis", () => {
  const NAMES = Array.from({ length: 1_000 }, (_, index) => named(`n${String(index)}`));

  it("asks at most 8 reviews for 1,000 forbidden names, and reports all of them", async () => {
    const time = new ManualTime();
    const logged: EventFields[] = [];
    let reviews = 0;
    const { client: real } = openTestClient({ url: "https://127.0.0.1:1", ca: "" });
    const client: ApiClient = {
      ...real,
      request: () => {
        reviews += 1;
        return EMPTY;
      },
    };
    const diagnoser = createDiagnoser({
      client,
      timers: time,
      log: (_event, fields = {}) => void logged.push(fields),
    });
    for (const scope of NAMES) diagnoser.diagnose(scope);
    await settle();
    time.advance(10_000);
    await settle();
    time.advance(600_000);
    await settle();
    expect(reviews).to.be.within(2, 8);
    expect(logged.map((fields) => fields["otherScopes"])).to.deep.equal([undefined, 998]);
    diagnoser.diagnose(named("later"));
    await settle();
    expect(logged.at(-1)?.["scope"]).to.equal("shop/later");
    diagnoser.stop();
    real.close();
  });
});
