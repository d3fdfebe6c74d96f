/**
 * Shows the progress of a long build: `go build` prints nothing for minutes. On a terminal one line is updated every
 * second; elsewhere (CI logs) one line is printed every 30 s.
 */

/** Milliseconds as `m:ss`. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Shows `label` with the elapsed time while `work` runs, and the total at its end. */
export async function withProgress<T>(
  deps: { readonly out: NodeJS.WriteStream; readonly label: string },
  work: () => Promise<T>,
): Promise<T> {
  const { out, label } = deps;
  const startedMs = performance.now();
  const elapsed = (): string => formatElapsed(performance.now() - startedMs);
  const show = (): void =>
    void out.write(out.isTTY ? `\r\x1b[K${label}  ${elapsed()}` : `${label}  ${elapsed()}\n`);
  show();
  const timer = setInterval(show, out.isTTY ? 1_000 : 30_000);
  try {
    const result = await work();
    out.write(`${out.isTTY ? "\r\x1b[K" : ""}${label}  built in ${elapsed()}\n`);
    return result;
  } catch (error) {
    if (out.isTTY) out.write("\n");
    throw error;
  } finally {
    clearInterval(timer);
  }
}
