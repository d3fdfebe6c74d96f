/**
 * An index of the FileDescriptorSet for reflection: files by name, files by the symbols they declare, and services. It
 * reads only names from the descriptors (field numbers of google/protobuf/descriptor.proto). The files are sent as the
 * bytes that buf wrote, so map fields stay as they are.
 */
import protobuf from "protobufjs/minimal.js";

/** One file of the set. */
export interface DescriptorFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly dependencies: readonly string[];
}

/** See the file comment. */
export interface DescriptorIndex {
  readonly files: ReadonlyMap<string, DescriptorFile>;
  /** Full name of a message, enum, service, method, field or oneof to its file. */
  readonly symbols: ReadonlyMap<string, DescriptorFile>;
  /** Full names of all services. */
  readonly services: readonly string[];
}

/** The fields of a descriptor that hold other descriptors, by field number. */
interface Shape {
  readonly [field: number]: Shape | "leaf";
}

const ENUM: Shape = { 2: "leaf" };
const SERVICE: Shape = { 2: "leaf" };
/** Field 2, extension 6 and oneof 8 are leaves; nested messages (3) have this shape again. */
const MESSAGE: { [field: number]: Shape | "leaf" } = { 2: "leaf", 4: ENUM, 6: "leaf", 8: "leaf" };
MESSAGE[3] = MESSAGE;
const FILE: Shape = { 4: MESSAGE, 5: ENUM, 6: SERVICE, 7: "leaf" };
const FILE_SERVICE_FIELD = 6;

/** Indexes a FileDescriptorSet. @throws if the bytes are malformed. */
export function indexDescriptors(set: Uint8Array): DescriptorIndex {
  const files = new Map<string, DescriptorFile>();
  const symbols = new Map<string, DescriptorFile>();
  const services: string[] = [];
  for (const bytes of messagesOf(set, 1)) {
    const file: DescriptorFile = {
      name: stringOf(bytes, 1),
      bytes,
      dependencies: messagesOf(bytes, 3).map((name) => Buffer.from(name).toString()),
    };
    files.set(file.name, file);
    const packageName = stringOf(bytes, 2);
    addSymbols(bytes, FILE, packageName, (symbol) => symbols.set(symbol, file));
    for (const service of messagesOf(bytes, FILE_SERVICE_FIELD))
      services.push(join(packageName, stringOf(service, 1)));
  }
  return { files, symbols, services: services.sort() };
}

/** A file and all its imports, each once, the file first. */
export function withDependencies(index: DescriptorIndex, file: DescriptorFile): readonly DescriptorFile[] {
  const found = new Set([file]);
  for (const one of found)
    for (const name of one.dependencies) {
      const dependency = index.files.get(name);
      if (dependency !== undefined) found.add(dependency);
    }
  return [...found];
}

function addSymbols(bytes: Uint8Array, shape: Shape, scope: string, add: (symbol: string) => void): void {
  for (const field of Object.keys(shape).map(Number)) {
    const inner = shape[field];
    for (const child of messagesOf(bytes, field)) {
      const symbol = join(scope, stringOf(child, 1));
      add(symbol);
      if (inner !== undefined && inner !== "leaf") addSymbols(child, inner, symbol, add);
    }
  }
}

function join(scope: string, name: string): string {
  return scope === "" ? name : `${scope}.${name}`;
}

/** All length-delimited values of a field. */
function messagesOf(bytes: Uint8Array, field: number): Uint8Array[] {
  const reader = protobuf.Reader.create(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((field << 3) | 2)) found.push(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return found;
}

function stringOf(bytes: Uint8Array, field: number): string {
  return Buffer.from(messagesOf(bytes, field)[0] ?? []).toString();
}
