/** Options of the YAML parser with which it reads as kubectl does: YAML 1.2 with the booleans and merge keys of YAML 1.1. */
import type { ScalarTag, Tags } from "yaml";

const LEGACY_BOOLEAN: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|on)/i.test(text),
};

/** See the file comment. The parser's own messages are off: they quote the text, which may be a secret. */
export const KUBECTL_YAML = {
  prettyErrors: false,
  logLevel: "silent",
  merge: true,
  customTags: (tags: Tags): Tags => [LEGACY_BOOLEAN, ...tags],
} as const;
