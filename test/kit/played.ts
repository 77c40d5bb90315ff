import { expect } from "vitest";
import type { NewBot } from "../../src/ports/engine.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { NOON, scripted } from "./engine-market.ts";
import { type EngineRig, openRig, startBot } from "./engine-rig.ts";

const BTC = "BTC/USDT";

/** Plays closes minute by minute with one bot; with `restartEvery`, the desk starts anew so often. */
export async function played(closes: readonly number[], wish: Partial<NewBot>, restartEvery?: number): Promise<EngineRig> {
  const store = openMemoryStore();
  const market = scripted({ [BTC]: closes });
  let rig = await openRig({ market, store });
  await startBot(rig, { name: "one", ...wish });
  for (let minute = 0; minute < closes.length; minute += 1) {
    if (restartEvery !== undefined && minute % restartEvery === restartEvery - 1) rig = await openRig({ market, store });
    const at = NOON + (minute + 1) * 60_000;
    await rig.engine.moveMarket({ forMs: Math.max(0, at - rig.engine.market().atMs) });
  }
  expect(rig.fatal).toEqual([]);
  return rig;
}
