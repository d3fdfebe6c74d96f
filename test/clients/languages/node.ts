/** Node: grpc-js and proto-loader, types by proto-loader-gen-types. */
import { buildInCheckout } from "../kit/build-as-documented.ts";
import { checkTypeScript } from "../kit/check-type-script.ts";
import type { Language } from "../kit/language.ts";

/** See the file header. */
export const node: Language = {
  name: "Node",
  needs: [["node", "--version"]],
  prepare: async () => {
    const words = await buildInCheckout("node");
    await checkTypeScript("node");
    return words;
  },
};
