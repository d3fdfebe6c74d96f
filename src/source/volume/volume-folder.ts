/**
 * Turns mounted folders into credentials of type Opaque. A key that cannot be read marks its credential, whose last good
 * content stays. A nested folder, which a Secret cannot hold, is a problem of the credential.
 */
import { SecretValue } from "../../core/credential/secret-value.ts";
import type { Log } from "../../log/events.ts";
import { inspectContent } from "../content/inspect-content.ts";
import type { DecodeOptions } from "../decode/decode-secret.ts";
import type { FolderReader } from "../folder/folder-source.ts";
import type { FolderFile, Listing, Refusal } from "../folder/listing.ts";
import { readListedFile, UnreadableFileError } from "../folder/read-listed-file.ts";
import { createRefusalLog } from "../folder/refusal-log.ts";
import type { FolderItem } from "../folder/version-book.ts";
import { problem } from "../content/problem-reasons.ts";
import { listVolume } from "./list-volume.ts";

/** The settings of the source. */
export interface VolumeSelection {
  /** The namespace of all credentials. */
  readonly namespace: string;
  readonly decode: DecodeOptions;
}

/** `--max-bytes` is 64 MiB by default; a larger file cannot be served. */
const MAX_FILE_BYTES = 96 * 1024 * 1024;

/** The value of a key, or why it cannot be read. */
type KeyContent = SecretValue | UnreadableFileError;

interface KnownKey {
  readonly identity: string;
  readonly content: KeyContent;
}

/** Creates the reader of the folder. */
export function createVolumeFolder(folder: string, selection: VolumeSelection, log: Log): FolderReader {
  let known: ReadonlyMap<string, KnownKey> = new Map();
  let names: ReadonlySet<string> = new Set();
  const logRefusals = createRefusalLog(log);
  return {
    list: () => listVolume(folder),
    read: async (listing: Listing) => {
      const next = new Map<string, KnownKey>();
      for (const file of listing.files) {
        const before = known.get(file.path);
        next.set(file.path, before?.identity === file.identity ? before : await readKey(file));
      }
      known = next;
      logRefusals([...listing.refusals, ...unreadable(next)]);
      const byName = Map.groupBy(next, ([path]) => path.slice(0, path.indexOf("/")));
      const items = [
        ...listing.folders.map((name) => toItem(name, byName.get(name) ?? [], listing.refusals, selection)),
        ...unreachable(names, listing, selection),
      ];
      names = new Set(items.map(({ name }) => name));
      return items;
    },
  };
}

async function readKey(file: FolderFile): Promise<KnownKey> {
  try {
    return { identity: file.identity, content: new SecretValue(await readListedFile(file, MAX_FILE_BYTES)) };
  } catch (error) {
    if (error instanceof UnreadableFileError) return { identity: file.identity, content: error };
    throw error;
  }
}

function toItem(
  name: string,
  keys: readonly (readonly [string, KnownKey])[],
  refusals: readonly Refusal[],
  { namespace, decode }: VolumeSelection,
): FolderItem {
  const identity = { namespace, name, uid: "", resourceVersion: "" };
  const data = new Map<string, SecretValue>();
  for (const [path, { content }] of keys) {
    const key = path.slice(name.length + 1);
    if (content instanceof UnreadableFileError) {
      const message = `Key ${key} ${content.reason}; the last good content is served.`;
      return { ...identity, problem: problem("BAD_ENTRY", message, { key, contentOutdated: true }) };
    }
    data.set(key, content);
  }
  const refused = refusals
    .filter(({ path }) => path === name || path.startsWith(`${name}/`))
    .map(({ path, reason }) => problem("BAD_ENTRY", `${path} ${reason}; it is not served.`));
  const { expiry, problems } = inspectContent({
    name,
    type: "Opaque",
    data,
    annotations: {},
    options: decode,
  });
  return {
    ...identity,
    type: "Opaque",
    data,
    labels: {},
    annotations: {},
    immutable: false,
    createTimeMs: undefined,
    expiry,
    problems: [...problems, ...refused],
  };
}

/** A sub-folder that can no longer be read: its last good content stays, with a problem. */
function unreachable(
  names: ReadonlySet<string>,
  listing: Listing,
  { namespace }: VolumeSelection,
): readonly FolderItem[] {
  return listing.refusals
    .filter(({ path }) => names.has(path) && !listing.folders.includes(path))
    .map(({ path, reason }) => ({
      namespace,
      name: path,
      uid: "",
      resourceVersion: "",
      problem: problem("BAD_ENTRY", `${path} ${reason}; the last good content is served.`, {
        contentOutdated: true,
      }),
    }));
}

function unreadable(keys: ReadonlyMap<string, KnownKey>): readonly Refusal[] {
  return [...keys].flatMap(([path, { content }]) =>
    content instanceof UnreadableFileError ? [{ path, reason: content.reason }] : [],
  );
}
