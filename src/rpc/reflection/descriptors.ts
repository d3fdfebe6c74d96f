/**
 * File URL of the FileDescriptorSet that buf built, which reflection serves. The file lies beside this one in a checkout
 * and beside the bundle in dist/, so this must stay a file of this folder.
 */
export const DESCRIPTOR_SET = new URL("./descriptors.binpb", import.meta.url);
