/**
 * Reads YAML into values with the types that kubectl gives them (yaml-scalar.ts). js-yaml splits the text into events in
 * linear time. Aliases share one value, so they cannot expand. Keeps the offset of each key, for messages.
 */
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from "js-yaml";
import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from "js-yaml";
import { FaultAtOffset } from "./fault-at-offset.ts";
import { faultText } from "./fault-text.ts";
import { numberKey, plainScalar, taggedScalar } from "./yaml-scalar.ts";

/** Kubernetes objects are rarely nested more than 10 levels deep. */
const MAX_DEPTH = 100;
/** Keys that merges (`<<`) may copy in one text. Without a limit, a small file could copy for hours. */
const MAX_MERGED_KEYS = 10_000;

/** A value and the offset where it begins. */
export interface YamlNode {
  /** Scalars, arrays, and objects without a prototype, in which every key is ordinary. */
  readonly value: unknown;
  readonly offset: number;
}

/** The offset of each key, by the object that holds it. */
export type KeyOffsets = ReadonlyMap<unknown, ReadonlyMap<string, number>>;

/** A parsed text: one node for each document that is not empty. */
export interface YamlText {
  readonly documents: readonly YamlNode[];
  readonly keyOffsets: KeyOffsets;
}

/** Reads all documents of a text. @throws FaultAtOffset */
export function readYaml(text: string): YamlText {
  return new EventReader(text).read();
}

function eventsOf(text: string): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new FaultAtOffset(error.mark?.position ?? 0, faultText(error.reason));
  }
}

interface Anchor {
  value: unknown;
  isComplete: boolean;
}

type Mapping = Record<string, unknown>;

class EventReader {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #keyOffsets = new Map<unknown, ReadonlyMap<string, number>>();
  readonly #anchors = new Map<string, Anchor>();
  #next = 0;
  #mergedKeys = 0;

  constructor(text: string) {
    this.#text = text;
    this.#events = eventsOf(text);
  }

  read(): YamlText {
    const documents: YamlNode[] = [];
    while (this.#take().type === EVENT_ID.DOCUMENT) {
      this.#anchors.clear();
      documents.push(...this.#nodes());
    }
    return { documents, keyOffsets: this.#keyOffsets };
  }

  /** The next event. js-yaml closes every collection, so a POP in place of a missing event is never reached inside one. */
  #take(): Event {
    return this.#events[this.#next++] ?? { type: EVENT_ID.POP };
  }

  /** The nodes of the current document or sequence. */
  #nodes(): readonly YamlNode[] {
    const nodes: YamlNode[] = [];
    for (let event = this.#take(); event.type !== EVENT_ID.POP; event = this.#take())
      nodes.push(this.#node(event));
    return nodes;
  }

  #node(event: Event): YamlNode {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return { offset: event.valueStart, value: this.#anchored(event, () => this.#scalar(event)) };
      case EVENT_ID.SEQUENCE:
        return {
          offset: event.start,
          value: this.#anchored(event, () => this.#nodes().map(({ value }) => value)),
        };
      case EVENT_ID.MAPPING:
        return { offset: event.start, value: this.#anchored(event, () => this.#mapping()) };
      case EVENT_ID.ALIAS:
        return { offset: event.anchorStart, value: this.#alias(event) };
      default:
        throw new FaultAtOffset(0, faultText(""));
    }
  }

  #anchored(event: ScalarEvent | SequenceEvent | MappingEvent, read: () => unknown): unknown {
    if (event.anchorStart === -1) return read();
    const anchor: Anchor = { value: undefined, isComplete: false };
    this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), anchor);
    anchor.value = read();
    anchor.isComplete = true;
    return anchor.value;
  }

  #alias({ anchorStart, anchorEnd }: AliasEvent): unknown {
    const anchor = this.#anchors.get(this.#text.slice(anchorStart, anchorEnd));
    if (anchor === undefined) throw new FaultAtOffset(anchorStart, "an alias has no anchor before it");
    if (!anchor.isComplete) throw new FaultAtOffset(anchorStart, "an alias is inside its own anchor");
    return anchor.value;
  }

  #scalar(event: ScalarEvent): unknown {
    const text = getScalarValue(this.#text, event);
    if (event.tagStart === -1) return event.style === SCALAR_STYLE.PLAIN ? plainScalar(text) : text;
    const value = taggedScalar(this.#text.slice(event.tagStart, event.tagEnd), text);
    if (value === undefined)
      throw new FaultAtOffset(event.valueStart, "a value does not have the type of its tag");
    return value;
  }

  #mapping(): Mapping {
    const fields = Object.create(null) as Mapping;
    const offsets = new Map<string, number>();
    for (let event = this.#take(); event.type !== EVENT_ID.POP; event = this.#take()) {
      const key = this.#node(event);
      const { value } = this.#node(this.#take());
      if (this.#isMerge(event)) {
        this.#merge(fields, value, key.offset);
        continue;
      }
      const name = this.#keyName(event, key);
      if (offsets.has(name)) throw new FaultAtOffset(key.offset, "a key appears twice in one mapping");
      offsets.set(name, key.offset);
      fields[name] = value;
    }
    this.#keyOffsets.set(fields, offsets);
    return fields;
  }

  #keyName(event: Event, { value, offset }: YamlNode): string {
    if (typeof value === "string") return value;
    if (typeof value === "boolean") return String(value);
    const isNumber = typeof value === "number" && event.type === EVENT_ID.SCALAR;
    const name = isNumber ? numberKey(getScalarValue(this.#text, event)) : undefined;
    if (name === undefined) throw new FaultAtOffset(offset, "a key is not a string; quote it");
    return name;
  }

  #isMerge(event: Event): boolean {
    if (event.type !== EVENT_ID.SCALAR || event.valueEnd - event.valueStart !== 2) return false;
    if (getScalarValue(this.#text, event) !== "<<") return false;
    return event.tagStart === -1
      ? event.style === SCALAR_STYLE.PLAIN
      : this.#text.slice(event.tagStart, event.tagEnd) === "!!merge";
  }

  /** Merges in the order of the text, as kubectl does: a merge overrides the keys before it. */
  #merge(into: Mapping, source: unknown, offset: number): void {
    const sources = Array.isArray(source) ? (source as readonly unknown[]).toReversed() : [source];
    for (const mapping of sources) {
      if (!this.#keyOffsets.has(mapping)) throw new FaultAtOffset(offset, "a merge (<<) needs a mapping");
      const entries = Object.entries(mapping as Mapping);
      this.#mergedKeys += entries.length + 1;
      if (this.#mergedKeys > MAX_MERGED_KEYS)
        throw new FaultAtOffset(offset, `merges (<<) copy more than ${String(MAX_MERGED_KEYS)} keys`);
      for (const [key, value] of entries) into[key] = value;
    }
  }
}
