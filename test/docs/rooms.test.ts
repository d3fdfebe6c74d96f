/**
 * The folders of src/ stay small enough to be read: how many files a folder has, how long a file is, and that each folder has
 * its place in ROOMS of .dependency-cruiser.cjs.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../support/docs/checkout.ts";
import { repositoryFiles } from "../support/docs/repository-text.ts";

const FILES_IN_A_FOLDER = 16;
const LINES_OF_A_FILE = 350;
const MEDIAN_LINES = 80;

/** `repositoryFiles` leaves the generated folders out. */
const SOURCES = repositoryFiles().filter((path) => path.startsWith("src/") && path.endsWith(".ts"));

const LINES = new Map(SOURCES.map((path) => [path, lineCount(path)]));

describe("rooms of src/", () => {
  it(`has at most ${String(FILES_IN_A_FOLDER)} files in a folder`, () => {
    const counts = Map.groupBy(SOURCES, (path) => dirname(path));
    const large = [...counts].filter(([, files]) => files.length > FILES_IN_A_FOLDER);
    expect(large.map(([folder, files]) => `${folder}: ${String(files.length)}`)).to.deep.equal([]);
  });

  it("lists every folder in ROOMS, and no folder that does not exist", () => {
    const config = readFileSync(join(ROOT, ".dependency-cruiser.cjs"), "utf8");
    const rooms = /const ROOMS = `([^`]*)`/.exec(config)?.[1]?.trim().split(/\s+/) ?? [];
    const folders = new Set(SOURCES.map((path) => dirname(path).slice("src/".length)));
    folders.delete("");
    expect(rooms.filter((room) => !room.endsWith(".ts")).toSorted()).to.deep.equal([...folders].toSorted());
  });

  it(`has no file over ${String(LINES_OF_A_FILE)} lines`, () => {
    const long = [...LINES].filter(([, lines]) => lines > LINES_OF_A_FILE);
    expect(long.map(([path, lines]) => `${path}: ${String(lines)}`)).to.deep.equal([]);
  });

  it(`has a median file under ${String(MEDIAN_LINES)} lines`, () => {
    const sorted = [...LINES.values()].toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).to.be.below(MEDIAN_LINES);
  });
});

function lineCount(path: string): number {
  return readFileSync(join(ROOT, path), "utf8").trimEnd().split("\n").length;
}
