/**
 * Encodes gRPC frames by hand, for load generators that must cost little: a prefix of five bytes and a message of string
 * fields.
 */

/** A frame around an encoded message: not compressed, length big-endian. */
export function grpcFrame(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + message.byteLength);
  frame.writeUInt32BE(message.byteLength, 1);
  frame.set(message, 5);
  return frame;
}

/** The protobuf encoding of string fields (numbers below 16, texts below 128 bytes). */
export function stringFields(fields: Readonly<Record<number, string>>): Buffer {
  return Buffer.concat(
    Object.entries(fields).map(([number, text]) => {
      const bytes = Buffer.from(text);
      return Buffer.concat([Buffer.from([(Number(number) << 3) | 2, bytes.byteLength]), bytes]);
    }),
  );
}
