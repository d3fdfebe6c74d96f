/**
 * What the compiler promises of `podkey/client`, right and wrong uses. `npm run check:types` is the test: a wrong use that
 * compiles is an error of its `@ts-expect-error`. test/clients/podkey-client.test.ts compiles this file once more as an app
 * would, against the package. At run time nothing is there to connect to.
 */
import { expect } from "chai";
import type { HeldCredential, HeldFreshness, LiveCredential } from "../../../src/client/index.ts";
import { credential, watch } from "../../../src/client/index.ts";

const NOWHERE = { endpoint: "unix:/nonexistent/podkey.sock" };

/** Assignable both ways, and neither of them `any`. */
type Same<Left, Right> = [Left, Right, 0 extends Left & 1 ? 1 : 0] extends [Right, Left, 0] ? true : false;

/** Compiles only where the two types are one: `same<Left, Right>(true)`. */
function same<Left, Right>(isSame: Same<Left, Right>): void {
  expect(isSame).to.equal(true);
}

describe("the types of podkey/client", () => {
  it("give a declared key as a value, and know no other", () => {
    const db = credential("db-main", { ...NOWHERE, keys: ["username", "password"] });
    same<typeof db, LiveCredential<"username" | "password">>(true);
    const held = db.current();
    same<typeof held, HeldCredential<"username" | "password"> | undefined>(true);
    if (held !== undefined) {
      same<ReturnType<typeof held.text>, string>(true);
      same<ReturnType<typeof held.bytes>, Buffer>(true);
      // @ts-expect-error: there may be none yet, so this must be asked.
      db.current().text("password");
    }
    // @ts-expect-error: a slip of the pen is no key.
    held?.text("pasword");
    // @ts-expect-error: a credential never changes.
    if (held !== undefined) held.name = "other";
    db.close();
  });

  it("say of any key that it may be missing where none was declared", () => {
    const db = credential("db-main", NOWHERE);
    same<typeof db, LiveCredential>(true);
    const text = db.current()?.text("password");
    same<typeof text, string | undefined>(true);
    expect(text).to.equal(undefined);
    const held = db.current();
    if (held !== undefined) same<ReturnType<typeof held.bytes>, Buffer | undefined>(true);
    db.close();
  });

  it("hand both sides of a change to a listener, and take back what stops it", () => {
    const db = credential("db-main", { ...NOWHERE, keys: ["password"] });
    const stop = db.onChange((now, before) => {
      same<typeof now, HeldCredential<"password"> | undefined>(true);
      same<typeof before, typeof now>(true);
      expect(now).not.to.equal(before);
    });
    same<typeof stop, () => void>(true);
    stop();
    same<ReturnType<typeof db.freshness>, HeldFreshness>(true);
    same<HeldFreshness["state"], "FRESH" | "STALE">(true);
    same<ReturnType<typeof db.ready>, Promise<HeldCredential<"password">>>(true);
    db.close();
  });

  it("give a loop what `current` would, and take a signal to end it", async () => {
    const signal = AbortSignal.abort();
    for await (const now of watch("db-main", { ...NOWHERE, keys: ["password"], signal })) {
      same<typeof now, HeldCredential<"password"> | undefined>(true);
      expect.fail(`a loop that was ended has no ${now?.name ?? "credential"}`);
    }
  });

  it("know the options", () => {
    // @ts-expect-error: keys are a list.
    credential("db-main", { ...NOWHERE, keys: "password" as const, signal: AbortSignal.abort() }).close();
    // @ts-expect-error: there is no such option.
    credential("db-main", { ...NOWHERE, endpiont: "unix:/x" }).close();
    const db = credential("db-main", NOWHERE);
    // @ts-expect-error: what is printed is no credential.
    const text: string = db.current() ?? "";
    expect(text).to.equal("");
    db.close();
  });
});
