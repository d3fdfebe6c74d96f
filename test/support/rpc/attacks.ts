/**
 * What a hostile client writes, as prebuilt bytes of HTTP/2: no library of the client stands between an attack and the
 * server. For the tests of abuse and for bench/abuse.ts, which play each on a bare socket.
 */

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  windowUpdate: 8,
  continuation: 9,
} as const;
const END_STREAM = 1;
const END_HEADERS = 4;
const LARGEST_FRAME_BYTES = 16_384;
const GET = "/podkey.v1.CredentialService/Get";
const WATCH = "/podkey.v1.CredentialService/Watch";

/** What is sent after the preface; a hostile client goes on while it is let. */
export const ATTACKS: Readonly<Record<string, () => Buffer>> = {
  "50,000 half-open Watches": () => opened(50_000, WATCH),
  "50,000 half-open Gets": halfOpenGets,
  "50,000 Watches that are opened and reset": () => reset(50_000, WATCH),
  "50,000 Gets that are opened and reset": () => reset(50_000, GET),
  "500,000 pings": () => repeated(500_000, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))),
  "500,000 settings": () => repeated(500_000, () => frame(FRAME.settings, 0, 0)),
  "500,000 window updates": () => repeated(500_000, () => frame(FRAME.windowUpdate, 0, 0, uint32(1))),
  "500,000 priorities of streams that never were": () =>
    repeated(500_000, () => frame(FRAME.priority, 0, 1001, Buffer.from([0, 0, 0, 0, 15]))),
  "500,000 empty data frames": () =>
    Buffer.concat([headers(1, WATCH), repeated(500_000, () => frame(FRAME.data, 0, 1))]),
  "a message in 60,000 frames of one byte": () =>
    Buffer.concat([
      headers(1, WATCH),
      frame(FRAME.data, 0, 1, Buffer.from([0, 0, 0, 0xea, 0x60])),
      repeated(60_000, () => frame(FRAME.data, 0, 1, Buffer.from([0x0a]))),
    ]),
  "130 KB of metadata": () => largeHeaders(130_000),
  "garbage after the preface": () => Buffer.alloc(1_000_000, 0xa5),
  "a data frame of a stream that never was": () => frame(FRAME.data, 0, 99, Buffer.alloc(10)),
};

/** Preface and settings, then the attack. */
export function attackBytes(attack: () => Buffer): Buffer {
  return Buffer.concat([Buffer.from(PREFACE), frame(FRAME.settings, 0, 0), attack()]);
}

/** Bytes that are not HTTP/2: what a port scanner, a browser and half a client send. */
export const NO_HTTP2: Readonly<Record<string, Buffer>> = {
  "half a preface": Buffer.from(PREFACE.slice(0, 10)),
  "a request of HTTP/1.1": Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
  "100 KB of one letter": Buffer.alloc(100_000, "x"),
};

/** Calls that never ask anything. */
export function halfOpenGets(): Buffer {
  return opened(50_000, GET);
}

function opened(count: number, path: string): Buffer {
  return repeated(count, (at) => headers(at * 2 + 1, path));
}

function reset(count: number, path: string): Buffer {
  return repeated(count, (at) =>
    Buffer.concat([headers(at * 2 + 1, path), frame(FRAME.reset, 0, at * 2 + 1, uint32(8))]),
  );
}

function repeated(count: number, make: (at: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, at) => make(at)));
}

function headers(stream: number, path: string): Buffer {
  return frame(FRAME.headers, END_HEADERS, stream, headerBlock(path));
}

/** HPACK: POST and http by index, the rest as literals that nobody keeps. */
function headerBlock(path: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x83, 0x86]),
    literal(":path", path),
    literal(":authority", "localhost"),
    literal("content-type", "application/grpc"),
    literal("te", "trailers"),
  ]);
}

/** One request whose metadata is spread over a frame of headers and its continuations. */
function largeHeaders(sizeBytes: number): Buffer {
  const block = Buffer.concat([headerBlock(GET), literal("x-large", "y".repeat(sizeBytes))]);
  const frames: Buffer[] = [];
  for (let at = 0; at < block.byteLength; at += LARGEST_FRAME_BYTES) {
    const isLast = at + LARGEST_FRAME_BYTES >= block.byteLength;
    const type = at === 0 ? FRAME.headers : FRAME.continuation;
    const flags = (isLast ? END_HEADERS : 0) | (at === 0 ? END_STREAM : 0);
    frames.push(frame(type, flags, 1, block.subarray(at, at + LARGEST_FRAME_BYTES)));
  }
  return Buffer.concat(frames);
}

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.byteLength, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), hpackString(name), hpackString(value)]);
}

/** A string of HPACK without Huffman: its length in a 7-bit prefix (RFC 7541, 5.1), then its bytes. */
function hpackString(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.byteLength < 127) return Buffer.concat([Buffer.of(bytes.byteLength), bytes]);
  const size: number[] = [127];
  let left = bytes.byteLength - 127;
  for (; left >= 128; left = Math.floor(left / 128)) size.push((left % 128) + 128);
  size.push(left);
  return Buffer.concat([Buffer.from(size), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
