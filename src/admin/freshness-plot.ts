/**
 * A plot of the snapshot's age over the last hour. Healthy: a saw tooth below a minute. Stale samples have another colour, and
 * a sentence gives their number, so that the page is readable without colours.
 */
import { PROOF_LIMIT_MS } from "../core/time/freshness.ts";

/** One sample. */
export interface FreshnessSample {
  readonly isStale: boolean;
  /** Undefined before the first sync. */
  readonly ageMs: number | undefined;
}

/** Size of the SVG in user units. */
const WIDTH = 600;
const HEIGHT = 80;
/** The axis has at least this length, so that a healthy saw tooth stays small. */
const LEAST_AXIS_MS = 2 * PROOF_LIMIT_MS;

/** An SVG of the samples on a time axis of `slots` samples, the newest at the right; a sentence if there are none. */
export function freshnessPlot(samples: readonly FreshnessSample[], slots: number): string {
  if (samples.length === 0) return "<p>No samples yet; podkey takes one every 30 s.</p>";
  const axisMs = Math.max(LEAST_AXIS_MS, ...samples.map(({ ageMs }) => ageMs ?? 0));
  const step = WIDTH / slots;
  const firstSlot = slots - samples.length;
  const bars = samples.map(({ isStale, ageMs }, index) => {
    const height = Math.max(1, ((ageMs ?? axisMs) / axisMs) * HEIGHT);
    const place = `x="${((firstSlot + index) * step).toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}"`;
    const size = `width="${Math.max(0.5, step - 0.5).toFixed(1)}" height="${height.toFixed(1)}"`;
    return `<rect ${place} ${size} fill="var(--${isStale ? "stale" : "fresh"})"/>`;
  });
  const limit = (HEIGHT - (PROOF_LIMIT_MS / axisMs) * HEIGHT).toFixed(1);
  const stale = samples.filter(({ isStale }) => isStale).length;
  const words = `${String(stale)} of ${String(samples.length)} samples are stale. Dashed line: 90 s. Top: ${String(Math.round(axisMs / 1000))} s.`;
  return `<svg viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" role="img" aria-label="${words}">
${bars.join("")}
<line x1="0" x2="${String(WIDTH)}" y1="${limit}" y2="${limit}" stroke="currentColor" stroke-dasharray="3 3" opacity=".5"/>
<line x1="0" x2="${String(WIDTH)}" y1="${String(HEIGHT)}" y2="${String(HEIGHT)}" stroke="currentColor" opacity=".3"/>
</svg>
<p class="axis"><span>an hour ago</span><span>now</span></p>
<p>${words}</p>`;
}
