/**
 * A source must never pass on the copies of values that tools write into the metadata, and no printed text may contain a value.
 */
import { expect } from "chai";
import { inspect } from "node:util";
import type { Observed } from "../observe-source.ts";
import type { ContractCase } from "../world.ts";

const CANARY = "canary-5e1ec7ed-value";

/** Everything that a log line could print about the events of the source. */
function printed(observed: Observed): string {
  const json = observed.events.map((event) =>
    JSON.stringify(event, (_key, value: unknown) =>
      value instanceof Map ? [...(value as Map<unknown, unknown>)] : value,
    ),
  );
  return json.join("\n") + inspect(observed.events, { depth: 20 }) + observed.events.map(String).join("");
}

function expectNoCanary(observed: Observed): void {
  const text = printed(observed);
  expect(text.includes(CANARY), "the value in plain").to.equal(false);
  expect(text.includes(Buffer.from(CANARY).toString("base64")), "the value in base64").to.equal(false);
}

/** See the file comment. */
export const SECRECY: readonly ContractCase[] = [
  {
    it: "prints no value in any form of printing its events",
    async play({ put, start, namespace }) {
      await put("db", { data: { password: CANARY } });
      const observed = await start();
      await put("web", { data: { password: CANARY } });
      await observed.untilText(namespace, "web", "password", CANARY);
      expectNoCanary(observed);
      expect(printed(observed)).to.contain("[redacted]");
    },
  },
  {
    it: "drops the annotations in which kubectl and kapp copy the values, even if all annotations are requested",
    needs: ["annotations"],
    async play({ put, start, namespace }) {
      await put("db", {
        data: { password: "old" },
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({ data: { password: CANARY } }),
          "kapp.k14s.io/original": JSON.stringify({ data: { password: CANARY } }),
          "example.io/kept": "yes",
        },
      });
      const observed = await start({ annotations: ["*"] });
      expect(observed.find(namespace, "db")?.annotations).to.deep.equal({ "example.io/kept": "yes" });
      expectNoCanary(observed);
    },
  },
  {
    it: "drops managedFields, at the start and in changes",
    needs: ["bookkeeping"],
    async play({ put, start, namespace }) {
      await put("db", { data: { "key-of-managed-fields": "old" } });
      const observed = await start();
      await put("db", { data: { "key-of-managed-fields": "new" } });
      await observed.untilText(namespace, "db", "key-of-managed-fields", "new");
      expect(printed(observed)).to.not.match(/managedFields|fieldsV1|f:data/);
    },
  },
  {
    it: "hides the digest of a credential in parts, which could be guessed against",
    needs: ["annotations"],
    async play({ put, start, namespace }) {
      await put("db", { annotations: { "podkey.dev/part-sha256": CANARY } });
      const observed = await start();
      expect(observed.find(namespace, "db")).to.not.equal(undefined);
      expectNoCanary(observed);
    },
  },
];
