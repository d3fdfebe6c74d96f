/** The reference of reads as a process: node:http2 alone (reference/raw-server.ts), on its own socket. */
import { join } from "node:path";
import { ProcessUnderTest } from "./process-under-test.ts";

/** Starts it; resolves when it listens. It answers each call with this number of bytes. */
export function startRaw(socketPath: string, sizeBytes: number): Promise<ProcessUnderTest> {
  const script = join(import.meta.dirname, "reference/raw-server.ts");
  return ProcessUnderTest.start({
    args: [script, socketPath, String(sizeBytes)],
    isReady: (line) => line === "ready",
  });
}
