/** All benchmarks, in the order of a full run. */
import type { Bench } from "./bench.ts";
import { changeToApp } from "./change-to-app.ts";
import { directRead } from "./direct-read.ts";
import { fanOut } from "./fan-out.ts";
import { growth } from "./growth.ts";
import { idleMemory } from "./idle-memory.ts";
import { image } from "./image.ts";
import { observability } from "./observability.ts";
import { privateMemory } from "./private-memory.ts";
import { reads } from "./reads.ts";
import { shutdown } from "./shutdown.ts";
import { start } from "./start.ts";
import { unitMemory } from "./unit-memory.ts";

/** See the file comment. */
export const BENCHES: readonly Bench[] = [
  reads,
  fanOut,
  changeToApp,
  directRead,
  start,
  idleMemory,
  privateMemory,
  unitMemory,
  growth,
  observability,
  shutdown,
  image,
];
