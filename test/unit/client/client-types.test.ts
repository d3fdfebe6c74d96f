/**
 * The types of `podkey/client`, with correct and wrong uses. `npm run check:types` is the test: a wrong use that compiles
 * makes its `@ts-expect-error` an error. test/clients/podkey-client.test.ts compiles this file again as an app would,
 * against the package. At run time there is no podkey to connect to.
 */
import { expect } from "chai";
import type { HeldCredential, HeldFreshness, LiveCredential } from "../../../src/client/index.ts";
import { credential, watch } from "../../../src/client/index.ts";

const NOWHERE = { endpoint: "unix:/nonexistent/podkey.sock" };

/** Assignable in both directions, and neither is `any`. */
type Same<Left, Right> = [Left, Right, 0 extends Left & 1 ? 1 : 0] extends [Right, Left, 0] ? true : false;

/** `same<Left, Right>(true)` compiles only if the two types are equal. */
function same<Left, Right>(isSame: Same<Left, Right>): void {
  expect(isSame).to.equal(true);
}

describe("the types of podkey/client", () => {
  it("give a declared key a value, and reject other keys", () => {
    const db = credential("db-main", { ...NOWHERE, keys: ["username", "password"] });
    same<typeof db, LiveCredential<"username" | "password">>(true);
    const held = db.current();
    same<typeof held, HeldCredential<"username" | "password"> | undefined>(true);
    if (held !== undefined) {
      same<ReturnType<typeof held.text>, string>(true);
      same<ReturnType<typeof held.bytes>, Buffer>(true);
      // @ts-expect-error: the credential may be missing, so this must be checked.
      db.current().text("password");
    }
    // @ts-expect-error: a misspelled key is an error.
    held?.text("pasword");
    // @ts-expect-error: a credential never changes.
    if (held !== undefined) held.name = "other";
    db.close();
  });

  it("make every value optional if no key was declared", () => {
    const db = credential("db-main", NOWHERE);
    same<typeof db, LiveCredential>(true);
    const text = db.current()?.text("password");
    same<typeof text, string | undefined>(true);
    expect(text).to.equal(undefined);
    const held = db.current();
    if (held !== undefined) same<ReturnType<typeof held.bytes>, Buffer | undefined>(true);
    db.close();
  });

  it("pass both sides of a change to a listener, and return a function that removes it", () => {
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

  it("give a loop the type of `current`, and accept a signal that ends it", async () => {
    const signal = AbortSignal.abort();
    for await (const now of watch("db-main", { ...NOWHERE, keys: ["password"], signal })) {
      same<typeof now, HeldCredential<"password"> | undefined>(true);
      expect.fail(`an ended loop must not yield ${now?.name ?? "credential"}`);
    }
  });

  it("check the options", () => {
    // @ts-expect-error: keys are a list.
    credential("db-main", { ...NOWHERE, keys: "password" as const, signal: AbortSignal.abort() }).close();
    // @ts-expect-error: there is no such option.
    credential("db-main", { ...NOWHERE, endpiont: "unix:/x" }).close();
    const db = credential("db-main", NOWHERE);
    // @ts-expect-error: a credential is not a text.
    const text: string = db.current() ?? "";
    expect(text).to.equal("");
    db.close();
  });
});
