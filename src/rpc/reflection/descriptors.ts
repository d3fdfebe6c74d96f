/**
 * Where the buf-built FileDescriptorSet of our API lies: beside the generated types in a checkout, beside the bundle in
 * dist/. Reflection serves it as it is.
 */

/** A file URL. */
export const DESCRIPTOR_SET = new URL("./descriptors.binpb", import.meta.url);
