/** Every language that the kit plays its script against, one line each. */
import type { Language } from "../kit/language.ts";
import { go } from "./go.ts";
import { node } from "./node.ts";
import { typescript } from "./typescript.ts";

/** In the order of docs/clients.md. */
export const LANGUAGES: readonly Language[] = [go, node, typescript];
