/** Encodes and decodes messages by full name with stock descriptors, to compare the hand-written codec with. */
import { DEFINITION } from "./client.ts";

/** A decoded message. @throws if there is no such message or the bytes are malformed. */
export function decode(type: string, bytes: Buffer): object {
  return messageOf(type).deserialize(bytes);
}

/** The bytes of a message. @throws if there is no such message. */
export function encode(type: string, message: object): Buffer {
  return messageOf(type).serialize(message);
}

interface MessageCodec {
  serialize(message: object): Buffer;
  deserialize(bytes: Buffer): object;
}

function messageOf(type: string): MessageCodec {
  const definition = DEFINITION[type];
  if (definition === undefined || !("serialize" in definition)) throw new Error(`no message ${type}`);
  return definition as unknown as MessageCodec;
}
