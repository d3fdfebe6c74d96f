/** Java: grpc-java with grpc-netty-shaded, stubs by Maven's protobuf plugin. */
import { buildAsDocumented } from "../kit/build-as-documented.ts";
import type { Language } from "../kit/language.ts";

/** See the file header. */
export const java: Language = {
  name: "Java",
  needs: [
    ["javac", "-version"],
    ["mvn", "--version"],
  ],
  prepare: (folder) => buildAsDocumented("java", folder),
};
