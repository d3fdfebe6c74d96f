/**
 * The size of the image: what podkey adds to the base (dist/), and the Node binary in it; on disk, and compressed as a
 * registry sends it. The libraries of the base are not included.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Bench, Figure } from "./bench.ts";
import { most } from "./bench.ts";
import { DIST } from "./subject.ts";

const weight = (name: string, title: string, unit: string): Figure => ({
  ...{ name, title, unit },
  must: most(0),
  aim: most(0),
  reference: "",
});

/** The benchmark `image`. */
export const image: Bench = {
  name: "image",
  question: "How large is the image?",
  rounds: 1,
  figures: [
    weight("image-podkey", "podkey: bundle, descriptors, native library", "MB"),
    weight("image-podkey-packed", "the same, packed", "MB"),
    weight("image-node", "Node binary", "MB"),
    weight("image-node-packed", "the same, packed", "MB"),
  ],
  async *run(rounds) {
    for (let round = 0; round < rounds; round += 1) {
      const entries = await readdir(DIST, { recursive: true, withFileTypes: true });
      const files = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
      const podkey = await weigh(files);
      const node = await weigh([process.execPath]);
      yield [
        { figure: "image-podkey", of: "podkey", value: podkey.bytes / 1e6 },
        { figure: "image-podkey-packed", of: "podkey", value: podkey.packedBytes / 1e6 },
        { figure: "image-node", of: "podkey", value: node.bytes / 1e6 },
        { figure: "image-node-packed", of: "podkey", value: node.packedBytes / 1e6 },
      ];
    }
  },
};

async function weigh(
  files: readonly string[],
): Promise<{ readonly bytes: number; readonly packedBytes: number }> {
  const contents = Buffer.concat(await Promise.all(files.map((path) => readFile(path))));
  return { bytes: contents.byteLength, packedBytes: (await promisify(gzip)(contents)).byteLength };
}
