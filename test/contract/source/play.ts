/**
 * Makes the `Play` of one case from a world: fills in the default namespace and label, and ends every source that the
 * case started, whatever happened.
 */
import { observeSource } from "./observe-source.ts";
import type { Observed } from "./observe-source.ts";
import type { Play, Selection, SourceWorld } from "./world.ts";
import { SERVED } from "./world.ts";

/** The play, and its end. */
export function openPlay(world: SourceWorld): { readonly play: Play; close(): Promise<void> } {
  const started: Observed[] = [];
  const startUnsynced = async (selection: Selection = {}): Promise<Observed> => {
    const observed = await observeSource((held) => world.open(selection, held));
    started.push(observed);
    return observed;
  };
  const play: Play = {
    world,
    namespace: world.namespace,
    put: (name, draft = {}, namespace = world.namespace) =>
      world.put(namespace, name, { labels: SERVED, data: { password: "old" }, ...draft }),
    remove: (name) => world.remove(world.namespace, name),
    label: (name, labels) => world.label(world.namespace, name, labels),
    startUnsynced,
    async start(selection) {
      const observed = await startUnsynced(selection);
      await observed.until("the first sync", () => observed.revision > 0);
      return observed;
    },
  };
  return {
    play,
    async close() {
      for (const observed of started) await observed.stop();
      await world.close();
    },
  };
}
