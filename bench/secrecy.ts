/**
 * Times of refused Gets: they must not depend on whether a credential outside the view exists. Interleaves the calls in
 * random order over one connection; prints the medians of each pair and their difference in per cent.
 * `sh tools/node/run.sh bench/secrecy.ts [GETS OF EACH NAME, default 10000]`
 */
import { median } from "./median.ts";
import { fillWithSecrets, PAIRS } from "../test/support/rpc/oracle.ts";
import { RpcLab } from "../test/support/rpc/rpc-lab.ts";

/** The largest difference of the medians of a pair. */
const LIMIT_PERCENT = 5;
const WARM_UP = 1000;

const count = Number(process.argv[2] ?? 10_000);
const lab = await RpcLab.start();
fillWithSecrets(lab);
const client = lab.client();

async function timeOf(name: string): Promise<number> {
  const startedMs = performance.now();
  await client.get({ name }).catch(() => undefined);
  return (performance.now() - startedMs) * 1000;
}

for (const [what, [there, absent]] of Object.entries(PAIRS)) {
  for (let at = 0; at < WARM_UP; at += 1) await timeOf(at % 2 === 0 ? there : absent);
  const times: Record<string, number[]> = { [there]: [], [absent]: [] };
  for (let at = 0; at < count; at += 1)
    for (const name of Math.random() < 0.5 ? [there, absent] : [absent, there])
      times[name]?.push(await timeOf(name));
  const [a, b] = [median(times[there] ?? []), median(times[absent] ?? [])];
  const percent = (Math.abs(a - b) / Math.min(a, b)) * 100;
  const verdict = percent < LIMIT_PERCENT ? "ok" : "TOO FAR APART";
  console.log(
    `${what}: exists ${a.toFixed(1)} us, absent ${b.toFixed(1)} us, ${percent.toFixed(2)} % apart: ${verdict}`,
  );
  if (percent >= LIMIT_PERCENT) process.exitCode = 1;
}
await lab.close();
