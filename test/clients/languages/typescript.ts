/** TypeScript with podkey/client, built as `npm pack` builds it. */
import { buildInCheckout } from "../kit/build-as-documented.ts";
import { checkTypeScript } from "../kit/check-type-script.ts";
import type { Language } from "../kit/language.ts";

/** See the file header. */
export const typescript: Language = {
  name: "TypeScript",
  needs: [["node", "--version"]],
  prepare: async () => {
    const words = await buildInCheckout("typescript");
    await checkTypeScript("typescript");
    return words;
  },
};
