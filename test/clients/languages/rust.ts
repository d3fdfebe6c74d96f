/** Rust: tonic over prost, stubs by tonic-prost-build in build.rs. */
import { buildAsDocumented } from "../kit/build-as-documented.ts";
import type { Language } from "../kit/language.ts";

/** See the file header. */
export const rust: Language = {
  name: "Rust",
  needs: [["cargo", "--version"]],
  prepare: (folder) => buildAsDocumented("rust", folder),
};
