/**
 * The content of a Secret is served exactly, from an empty value to a full mebibyte.
 */
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { wholeHash } from "../../../support/core/parts.ts";
import type { Observed } from "../observe-source.ts";
import type { ContractCase } from "../world.ts";
import { SERVED } from "../world.ts";

/** The maximum size of all values of a Secret in Kubernetes. */
const MEBIBYTE = 1024 * 1024;

function bytes(observed: Observed, namespace: string, name: string, key: string): Buffer {
  return Buffer.from(observed.find(namespace, name)?.data.get(key)?.reveal() ?? Buffer.from("absent"));
}

/** See the file comment. */
export const CONTENT: readonly ContractCase[] = [
  {
    it: "serves every byte value unchanged",
    async play({ put, start, namespace }) {
      const all = Uint8Array.from({ length: 256 }, (_, index) => index);
      await put("binary", { data: { all } });
      const observed = await start();
      expect(bytes(observed, namespace, "binary", "all").equals(all)).to.equal(true);
    },
  },
  {
    it: "serves an empty value as an empty value",
    async play({ put, start, namespace }) {
      await put("empty", { data: { nothing: "", something: "x" } });
      const observed = await start();
      expect(observed.text(namespace, "empty", "nothing")).to.equal("");
      expect([...(observed.find(namespace, "empty")?.data.keys() ?? [])]).to.deep.equal([
        "nothing",
        "something",
      ]);
    },
  },
  {
    it: "serves a Secret without any key",
    async play({ put, start, namespace }) {
      await put("bare", { data: {} });
      const observed = await start();
      expect(observed.find(namespace, "bare")?.data.size).to.equal(0);
    },
  },
  {
    it: "serves a value of 1 MiB, at the start and as a change",
    async play({ put, start, namespace }) {
      const big = Buffer.alloc(MEBIBYTE, "podkey");
      await put("big", { data: { value: big } });
      const observed = await start();
      expect(bytes(observed, namespace, "big", "value").equals(big)).to.equal(true);
      const other = Buffer.alloc(MEBIBYTE, "yekdop");
      await put("big", { data: { value: other } });
      await observed.until("the other megabyte", () =>
        bytes(observed, namespace, "big", "value").equals(other),
      );
    },
  },
  {
    it: "serves 12 Secrets of 300 KiB together",
    async play({ put, start, namespace }) {
      const names = Array.from({ length: 12 }, (_, index) => `large-${String(index).padStart(2, "0")}`);
      for (const name of names) await put(name, { data: { value: Buffer.alloc(300 * 1024, name) } });
      const observed = await start();
      for (const name of names)
        expect(bytes(observed, namespace, name, "value").equals(Buffer.alloc(300 * 1024, name))).to.equal(
          true,
        );
    },
  },
  {
    it: "keeps blanks, line ends and characters beyond ASCII",
    async play({ put, start, namespace }) {
      const text = "  pässwörd 鍵 🔑\r\n\ttail\n";
      await put("text", { data: { value: text } });
      const observed = await start();
      expect(observed.text(namespace, "text", "value")).to.equal(text);
    },
  },
  {
    it: "keeps a value that is base64 itself",
    async play({ put, start, namespace }) {
      await put("nested", { data: { value: "cGFzc3dvcmQ=" } });
      const observed = await start();
      expect(observed.text(namespace, "nested", "value")).to.equal("cGFzc3dvcmQ=");
    },
  },
  {
    it: "sorts 200 keys",
    async play({ put, start, namespace }) {
      const keys = Array.from({ length: 200 }, (_, index) => `key-${String((index * 7919) % 1000)}`);
      await put("many", { data: Object.fromEntries(keys.map((key) => [key, `v-${key}`])) });
      const observed = await start();
      const served = [...(observed.find(namespace, "many")?.data.keys() ?? [])];
      expect(served).to.deep.equal([...new Set(keys)].sort());
    },
  },
  {
    it: "serves keys with dots, dashes, underscores and capitals",
    async play({ put, start, namespace }) {
      const keys = ["tls.crt", "API_KEY", "a-b", "0", "x".repeat(200)];
      await put("keys", { data: Object.fromEntries(keys.map((key) => [key, key])) });
      const observed = await start();
      for (const key of keys) expect(observed.text(namespace, "keys", key)).to.equal(key);
    },
  },
  {
    it: "serves names with dots and of full length",
    async play({ put, start, namespace }) {
      const long = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(50)].join(".");
      await put("db.main.v2");
      await put(long);
      const observed = await start();
      expect(observed.names).to.deep.equal([`${namespace}/${long}`, `${namespace}/db.main.v2`]);
    },
  },
  {
    it: "uses the type Opaque if none is named",
    async play({ put, start, namespace }) {
      await put("db");
      const observed = await start();
      expect(observed.find(namespace, "db")?.type).to.equal("Opaque");
    },
  },
  {
    it: "gives the type as written",
    needs: ["types"],
    async play({ put, start, namespace }) {
      await put("login", { type: "kubernetes.io/basic-auth", data: { username: "root", password: "old" } });
      await put("own", { type: "example.io/own" });
      const observed = await start();
      expect(observed.find(namespace, "login")?.type).to.equal("kubernetes.io/basic-auth");
      expect(observed.find(namespace, "own")?.type).to.equal("example.io/own");
    },
  },
  {
    it: "gives all labels",
    needs: ["labels"],
    async play({ put, start, namespace }) {
      const labels = { ...SERVED, "app.kubernetes.io/name": "shop", empty: "" };
      await put("db", { labels });
      const observed = await start();
      expect(observed.find(namespace, "db")?.labels).to.deep.equal(labels);
    },
  },
  {
    it: "serves the annotations of podkey.dev and the requested ones",
    needs: ["annotations"],
    async play({ put, start, namespace }) {
      const annotations = {
        "podkey.dev/description": "main database",
        "example.io/team": "shop",
        "example.org/other": "x",
      };
      await put("db", { annotations });
      const observed = await start({ annotations: ["example.io/*"] });
      expect(observed.find(namespace, "db")?.annotations).to.deep.equal({
        "podkey.dev/description": "main database",
        "example.io/team": "shop",
      });
    },
  },
  {
    it: "serves parts as one credential, through a rotation, until they are deleted",
    needs: ["annotations"],
    async play({ put, remove, start, namespace }) {
      const write = async (
        index: number,
        data: Readonly<Record<string, string>>,
        whole: object,
      ): Promise<void> => {
        const sha256 = wholeHash(whole as Readonly<Record<string, string>>);
        const place = {
          "part-of": "big",
          "part-index": String(index),
          "part-count": "2",
          "part-sha256": sha256,
        };
        const annotations = Object.fromEntries(
          Object.entries(place).map(([name, text]) => [`podkey.dev/${name}`, text]),
        );
        await put(`big-${String(index)}`, { annotations, data });
      };
      const old = { cert: "old-cert", key: "old-key" };
      await write(1, { "cert.1": "cert", key: old.key }, old);
      await write(0, { "cert.0": "old-" }, old);
      const observed = await start();
      expect(observed.names).to.deep.equal([`${namespace}/big`]);
      expect(observed.text(namespace, "big", "cert")).to.equal("old-cert");
      expect(observed.find(namespace, "big")?.annotations).to.deep.equal({});
      const fresh = { cert: "new-cert", key: "new-key" };
      await write(0, { "cert.0": "new-" }, fresh);
      await observed.until("the problem", () => observed.find(namespace, "big")?.problems.length === 1);
      expect(observed.text(namespace, "big", "cert")).to.equal("old-cert");
      await write(1, { "cert.1": "cert", key: fresh.key }, fresh);
      await observed.untilText(namespace, "big", "key", "new-key");
      expect(observed.text(namespace, "big", "cert")).to.equal("new-cert");
      expect(observed.find(namespace, "big")?.problems).to.deep.equal([]);
      await remove("big-0");
      await remove("big-1");
      await observed.until("the end of the assembled credential", () => observed.names.length === 0);
    },
  },
  {
    it: "decodes gzip, and keeps the last good content if a value is not gzip",
    needs: ["annotations"],
    async play({ put, start, namespace }) {
      const annotations = { "podkey.dev/content-encoding": "gzip" };
      await put("zip", { annotations, data: { value: gzipSync("unpacked".repeat(100)) } });
      const observed = await start();
      expect(observed.text(namespace, "zip", "value")).to.equal("unpacked".repeat(100));
      await put("zip", { annotations, data: { value: "not gzip" } });
      await observed.until("the problem", () => observed.find(namespace, "zip")?.problems.length === 1);
      expect(observed.find(namespace, "zip")?.problems[0]?.reason).to.equal("BAD_ENCODING");
      expect(observed.text(namespace, "zip", "value")).to.equal("unpacked".repeat(100));
    },
  },
  {
    it: "gives uid, creation time and a numeric resourceVersion",
    needs: ["server-metadata"],
    async play({ put, start, namespace }) {
      const earliestMs = Date.now() - 60_000;
      await put("db");
      const observed = await start();
      const db = observed.find(namespace, "db");
      expect(db?.uid).to.match(/^[0-9a-f-]{36}$/);
      expect(db?.resourceVersion).to.match(/^[1-9]\d*$/);
      expect(db?.createTimeMs).to.be.within(earliestMs, Date.now() + 60_000);
    },
  },
  {
    it: "reports nothing wrong with a plain Secret",
    async play({ put, start, namespace }) {
      await put("db");
      const observed = await start();
      expect(observed.find(namespace, "db")?.problems).to.deep.equal([]);
    },
  },
];
