/** Python: grpcio, stubs by grpcio-tools. */
import { buildAsDocumented } from "../kit/build-as-documented.ts";
import type { Language } from "../kit/language.ts";

/** See the file header. */
export const python: Language = {
  name: "Python",
  needs: [["python3", "--version"]],
  prepare: (folder) => buildAsDocumented("python", folder),
};
