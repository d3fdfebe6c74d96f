/** Requests that are refused, and their errors. Registered by rpc.contract.ts. */
import { expect } from "chai";
import type { RpcClient } from "../../support/rpc/client.ts";
import { failure } from "../../support/rpc/status-details.ts";
import type { RpcEndpoint } from "./rpc-endpoint.ts";

interface Refusal {
  readonly what: string;
  readonly call: (client: RpcClient) => Promise<unknown>;
  readonly reason: string;
  readonly field: string;
}

/** A Watch as one call: rejects with the status that ends it. */
async function watchEnd(client: RpcClient, request: Parameters<RpcClient["watch"]>[0]): Promise<never> {
  const { code, details, metadata } = await client.watch(request).ended();
  throw Object.assign(new Error(details), { code, details, metadata });
}

const REFUSALS: readonly Refusal[] = [
  { what: "an empty name", call: (c) => c.get({}), reason: "BAD_NAME", field: "name" },
  { what: "a name in capitals", call: (c) => c.get({ name: "DB" }), reason: "BAD_NAME", field: "name" },
  {
    what: "a namespace with a dot",
    call: (c) => c.get({ name: "db", namespace: "a.b" }),
    reason: "BAD_NAME",
    field: "namespace",
  },
  {
    what: "a key with a slash",
    call: (c) => c.get({ name: "db", keys: ["a/b"] }),
    reason: "BAD_NAME",
    field: "keys",
  },
  {
    what: "a thousand and one names",
    call: (c) => c.list({ names: Array.from({ length: 1001 }, (_, at) => `n${String(at)}`) }),
    reason: "BAD_NAME",
    field: "names",
  },
  {
    what: "a max_age of zero",
    call: (c) => c.get({ name: "db", maxAge: {} }),
    reason: "BAD_DURATION",
    field: "max_age",
  },
  {
    what: "a negative max_age",
    call: (c) => c.list({ maxAge: { seconds: -1 } }),
    reason: "BAD_DURATION",
    field: "max_age",
  },
  {
    what: "a broken selector",
    call: (c) => c.list({ labelSelector: "a in (" }),
    reason: "BAD_SELECTOR",
    field: "label_selector",
  },
  {
    what: "a negative page_size",
    call: (c) => c.list({ pageSize: -1 }),
    reason: "BAD_PAGE_SIZE",
    field: "page_size",
  },
  {
    what: "a page_token of garbage",
    call: (c) => c.list({ pageToken: "garbage" }),
    reason: "BAD_PAGE_TOKEN",
    field: "page_token",
  },
  {
    what: "a resume_token of garbage",
    call: (c) => watchEnd(c, { resumeToken: "garbage" }),
    reason: "BAD_RESUME_TOKEN",
    field: "resume_token",
  },
  {
    what: "a negative heartbeat_interval",
    call: (c) => watchEnd(c, { heartbeatInterval: { seconds: -1 } }),
    reason: "BAD_DURATION",
    field: "heartbeat_interval",
  },
  {
    what: "a broken selector of a Watch",
    call: (c) => watchEnd(c, { labelSelector: "!" }),
    reason: "BAD_SELECTOR",
    field: "label_selector",
  },
];

/** Tests of refusals against the endpoint that `current` gives. */
export function describeRefusals(current: () => RpcEndpoint): void {
  describe("refusals", () => {
    for (const { what, call, reason, field } of REFUSALS)
      it(`refuses ${what}: ${reason} in ${field}`, async () => {
        const error = await failure(call(current().client()));
        expect(error).to.include({ code: "INVALID_ARGUMENT", reason, domain: "podkey.dev" });
        expect(error.fields).to.deep.equal([field]);
        expect(error.details).to.deep.equal(["ErrorInfo", "BadRequest"]);
        expect(error.message).to.match(/^[^\n]{20,}\.$/);
      });

    it("refuses a page_token with other filters", async () => {
      const endpoint = current();
      const client = endpoint.client();
      for (const name of ["tok-a", "tok-b"]) await endpoint.put({ name, data: {}, labels: { group: "tok" } });
      const { nextPageToken } = await client.list({ labelSelector: "group=tok", pageSize: 1 });
      const error = await failure(
        client.list({ labelSelector: "group!=tok", pageSize: 1, pageToken: nextPageToken }),
      );
      expect(error).to.include({ reason: "BAD_PAGE_TOKEN" });
    });

    it("shortens a hostile name in its message", async () => {
      const error = await failure(
        current()
          .client()
          .get({ name: `${"a".repeat(70_000)}\n\u0000"` }),
      );
      expect(error.reason).to.equal("BAD_NAME");
      expect(error.message.length).to.be.below(300);
    });

    it("refuses a request that is larger than 1 MiB", async () => {
      const { code, reason } = await failure(
        current()
          .client()
          .list({ types: ["x".repeat(1024 * 1024)] }),
      );
      expect([code, reason]).to.deep.equal(["RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE"]);
    });
  });
}
