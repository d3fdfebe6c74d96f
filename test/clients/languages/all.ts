/** Every language of the conformance tests, one line each. */
import type { Language } from "../kit/language.ts";
import { cpp } from "./cpp.ts";
import { go } from "./go.ts";
import { java } from "./java.ts";
import { node } from "./node.ts";
import { python } from "./python.ts";
import { rust } from "./rust.ts";
import { typescript } from "./typescript.ts";

/** In the order of docs/clients.md. */
export const LANGUAGES: readonly Language[] = [go, node, typescript, python, java, rust, cpp];
