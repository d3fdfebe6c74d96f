import { expect } from "chai";
import { resumedPages } from "../../../../src/cli/run/resumed-pages.ts";
import type { CredentialClient, ListResponse } from "../../../../src/client/index.ts";
import { RpcFailure } from "../../../../src/client/index.ts";
import { wireCredential } from "../../../support/client/wire.ts";

const expired = new RpcFailure("gone", { code: "ABORTED", reason: "PAGE_EXPIRED" });

/** A client that answers with these pages, one a call. */
function clientOf(answers: readonly (readonly string[] | RpcFailure)[]): CredentialClient {
  const left = [...answers];
  const list = (): Promise<ListResponse> => {
    const names = left.shift();
    if (names === undefined || names instanceof RpcFailure) return Promise.reject(names ?? expired);
    const credentials = names.map((name) => wireCredential(name));
    const nextPageToken = left.length > 0 ? "next" : "";
    return Promise.resolve({ credentials, nextPageToken, revision: null, freshness: null, totalSize: 0 });
  };
  return { list } as unknown as CredentialClient;
}

async function namesOf(client: CredentialClient): Promise<readonly string[]> {
  const pages = await Array.fromAsync(resumedPages(client, {}));
  return pages.flatMap(({ credentials }) => credentials.map(({ name }) => name));
}

describe("list: pages", () => {
  it("starts an expired listing again behind the last credential", async () => {
    const client = clientOf([["a", "b"], expired, ["a", "aa"], ["b", "c"], expired, ["b", "d"]]);
    expect(await namesOf(client)).to.deep.equal(["a", "b", "c", "d"]);
  });

  it("fails after three expired listings", async () => {
    const outcome = await namesOf(clientOf([["a"], expired, ["a"], expired, ["a"], expired, []])).catch(
      (error: unknown) => error,
    );
    expect(outcome).to.equal(expired);
  });
});
