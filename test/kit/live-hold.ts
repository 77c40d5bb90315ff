import type { LiveRig } from "./live-rig.ts";

/** A store that lets something else happen right after an event of a kind was written, before its writer goes on. */
export function holdBack(rig: LiveRig, type: string, meanwhile: () => Promise<unknown>): LiveRig["store"]["append"] {
  const append = rig.store.append.bind(rig.store);
  let done = false;
  return async (batch) => {
    await append(batch);
    if (done || !batch.bodies.some((body) => body.includes(`"type":"${type}"`) && body.includes('"purpose":"entry"'))) return;
    done = true;
    const other = meanwhile();
    if (type === "intent") await Promise.race([other, rig.clock.breathe().then(() => rig.clock.breathe())]);
  };
}
