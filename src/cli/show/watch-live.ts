/**
 * Draws a watch on a terminal: in place, at each update and each second, because ages grow. Used by `podkey watch` if
 * stdout is a terminal.
 */
import { createLogUpdate } from "log-update";
import type { WatchUpdate } from "../../client/index.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { drawLiveView, EMPTY_VIEW, viewAfter } from "./live-view.ts";
import { paintFor } from "../output/paint.ts";
import { NO_MEMORY, watchEvents } from "./watch-events.ts";

const TICK_MS = 1000;

/** Draws until the updates end. The last text stays on the screen. */
export async function watchLive(
  updates: AsyncIterable<WatchUpdate>,
  explain: (update: WatchUpdate & { readonly kind: "interrupted" }) => string,
  deps: CliDeps,
): Promise<void> {
  const paint = paintFor(deps);
  const failed = Promise.withResolvers<never>();
  const draw = createLogUpdate(terminal(deps, failed.reject));
  let view = EMPTY_VIEW;
  let memory = NO_MEMORY;
  const redraw = (): void => {
    const [rows, columns] = [deps.rows() ?? 24, deps.columns() ?? 80];
    draw(drawLiveView(view, { nowMs: Date.now(), paint, rows, columns }));
  };
  const ticking = setInterval(redraw, TICK_MS);
  redraw();
  const follow = async (): Promise<void> => {
    for await (const update of updates) {
      const step = watchEvents(memory, update, explain);
      memory = step.memory;
      view = viewAfter(
        view,
        step.events,
        update.kind === "interrupted" ? undefined : update.state,
        Date.now(),
      );
      redraw();
    }
  };
  try {
    await Promise.race([follow(), failed.promise]);
  } finally {
    clearInterval(ticking);
    draw.done();
  }
}

/** The part of a terminal stream that log-update uses; `onError` gets a failed write. */
function terminal(
  { stdout, columns, rows }: CliDeps,
  onError: (error: unknown) => void,
): NodeJS.WritableStream {
  const stream = {
    isTTY: true,
    write: (text: string) => void stdout.write(text).catch(onError),
    get columns() {
      return columns();
    },
    get rows() {
      return rows();
    },
  };
  return stream as unknown as NodeJS.WritableStream;
}
