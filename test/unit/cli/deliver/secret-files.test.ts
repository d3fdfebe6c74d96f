import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CliError } from "../../../../src/cli/run/cli-deps.ts";
import { removeSecretFile, writeSecretFiles } from "../../../../src/cli/deliver/secret-files.ts";

/** Writes one file; returns whether it was written. */
async function writeSecretFile(path: string, value: Uint8Array): Promise<boolean> {
  return (await writeSecretFiles([{ path, value }])).length === 1;
}

describe("secret files: write", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-secret-file-"));
    path = join(folder, "password");
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("writes the bytes, readable only by the owner, and leaves no other file", async () => {
    const value = Buffer.from([0, 255, 10]);
    expect(await writeSecretFile(path, value)).to.equal(true);
    expect(await readFile(path)).to.deep.equal(value);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await readdir(folder)).to.deep.equal(["password"]);
  });

  it("does not touch a file with the same bytes", async () => {
    await writeSecretFile(path, Buffer.from("a"));
    const before = await stat(path, { bigint: true });
    expect(await writeSecretFile(path, Buffer.from("a"))).to.equal(false);
    expect((await stat(path, { bigint: true })).ctimeNs).to.equal(before.ctimeNs);
  });

  it("replaces the file instead of writing into it, so that an open file keeps its content", async () => {
    await writeFile(path, "old", { mode: 0o644 });
    const before = await stat(path);
    expect(await writeSecretFile(path, Buffer.from("new"))).to.equal(true);
    const after = await stat(path);
    expect(after.ino).not.to.equal(before.ino);
    expect(after.mode & 0o777).to.equal(0o600);
  });

  it("replaces a file that other users may read, even with the same bytes", async () => {
    await writeFile(path, "a", { mode: 0o644 });
    expect(await writeSecretFile(path, Buffer.from("a"))).to.equal(true);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it("changes none of several files if one cannot be written", async () => {
    const files = [
      { path, value: Buffer.from("new") },
      { path: join(folder, "missing", "key"), value: Buffer.from("new") },
    ];
    await writeFile(path, "old", { mode: 0o600 });
    expect(await writeSecretFiles(files).catch((error: unknown) => error)).to.be.instanceOf(CliError);
    expect(await readFile(path, "utf8")).to.equal("old");
    expect(await readdir(folder)).to.deep.equal(["password"]);
  });

  it("writes only the files that differ, and returns them", async () => {
    await writeSecretFile(path, Buffer.from("same"));
    const other = { path: join(folder, "key"), value: Buffer.from("new") };
    expect(await writeSecretFiles([{ path, value: Buffer.from("same") }, other])).to.deep.equal([other]);
  });

  it("does not follow a link at the path of its temporary file", async () => {
    const elsewhere = join(folder, "elsewhere");
    await symlink(elsewhere, join(folder, `.password.${process.pid}.podkey`));
    await writeSecretFile(path, Buffer.from("a"));
    expect(await readdir(folder)).to.deep.equal(["password"]);
  });

  it("reports a missing folder, and a path that is a folder", async () => {
    for (const [bad, sentence] of [
      [join(folder, "missing", "file"), /ENOENT.*create its folder/],
      [folder, /cannot be written/],
    ] as const) {
      const error = await writeSecretFile(bad, Buffer.from("a")).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(CliError).with.property("message").that.matches(sentence);
    }
  });
});

describe("secret files: remove", () => {
  it("removes the file, and accepts a missing one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "podkey-secret-file-"));
    await writeFile(join(folder, "a"), "x");
    expect(await removeSecretFile(join(folder, "a"))).to.equal(true);
    expect(await removeSecretFile(join(folder, "a"))).to.equal(false);
    await rm(folder, { recursive: true });
  });
});
