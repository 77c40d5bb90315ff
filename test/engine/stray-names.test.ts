import { describe, expect, it } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import { STRAY_MS } from "../../src/engine/stray-names.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, OWNER, openRig, startBot, wishFor } from "../kit/engine-rig.ts";
import { moodyStore } from "../kit/engine-store.ts";

const CLOSES = { "BTC/USDT": Array<number>(20).fill(100) };
const STREAM = `account:paper:${OWNER}`;

async function rigWithMoods() {
  const moody = moodyStore(openMemoryStore());
  const rig = await openRig({ market: scripted(CLOSES), store: moody.store });
  await startBot(rig, { name: "first" });
  return { rig, moody };
}

/** Lets beats go by, one a second. */
async function beats(rig: EngineRig, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await rig.clock.advance(1_000);
    await rig.pulse.beat();
  }
}

const namesOf = ({ desk }: EngineRig) => [...desk.state.bots.values()].map(({ name }) => name);

describe("a name without a bot", () => {
  it("is left by a store that refuses the second of two writes, and is free again within a minute, without a restart", async () => {
    const { rig, moody } = await rigWithMoods();
    moody.broken.add(STREAM);
    const refused = rig.engine.createBot(wishFor({ name: "second" }), by("second"));
    await expect(refused).rejects.toThrow("The store cannot write now (disk full), so nothing was done.");
    moody.broken.delete(STREAM);
    expect(namesOf(rig)).toEqual(["first", "second"]);
    await expect(rig.engine.createBot(wishFor({ name: "second" }), by("again"))).rejects.toThrow(UserError);
    await beats(rig, STRAY_MS + 10_000);
    expect(namesOf(rig)).toEqual(["first"]);
    await rig.engine.createBot(wishFor({ name: "second" }), by("third time"));
    expect(rig.engine.bot("second")?.state.spec.id).toBe("b3");
    expect(rig.fatal).toEqual([]);
  });

  it("is the same request's own when that comes again, also where its account has moved to another process meanwhile", async () => {
    const { rig, moody } = await rigWithMoods();
    moody.broken.add(STREAM);
    await expect(rig.engine.createBot(wishFor({ name: "second" }), by("second"))).rejects.toThrow(UserError);
    moody.broken.delete(STREAM);
    await rig.engine.createBot(wishFor({ name: "second" }), by("second"));
    expect(rig.engine.bot("second")?.state.spec.id).toBe("b2");
    await rig.engine.createBot(wishFor({ name: "second" }), by("second"));
    await expect(rig.engine.createBot(wishFor({ name: "second" }), by("another"))).rejects.toThrow("The name second is taken.");
    expect((await rig.eventsOf(OWNER, "bot-created")).map(({ bot }) => bot.id)).toEqual(["b1", "b2"]);
  });

  it("is left alone while its bot is still being made, however long the store takes", async () => {
    const { rig, moody } = await rigWithMoods();
    moody.held.add(STREAM);
    const creating = rig.engine.createBot(wishFor({ name: "slow" }), by("slow"));
    await beats(rig, 3 * STRAY_MS);
    expect(namesOf(rig)).toEqual(["first", "slow"]);
    moody.release(STREAM);
    await creating;
    await beats(rig, 3 * STRAY_MS);
    expect(namesOf(rig)).toEqual(["first", "slow"]);
    expect(rig.engine.bot("slow")?.state.spec.id).toBe("b2");
  });

  it("is left alone where the write that failed was kept after all", async () => {
    const { rig, moody } = await rigWithMoods();
    moody.lost.add(STREAM);
    await expect(rig.engine.createBot(wishFor({ name: "kept" }), by("kept"))).rejects.toThrow(UserError);
    await beats(rig, 3 * STRAY_MS);
    expect(namesOf(rig)).toEqual(["first", "kept"]);
    const next = await openRig({ market: scripted(CLOSES), store: moody.store });
    expect(next.engine.bot("kept")?.state.spec.id).toBe("b2");
  });

  it("that is being given back when its own request comes again is not lost to the bot that follows", async () => {
    const { rig, moody } = await rigWithMoods();
    moody.broken.add(STREAM);
    await expect(rig.engine.createBot(wishFor({ name: "second" }), by("second"))).rejects.toThrow(UserError);
    moody.broken.delete(STREAM);
    await beats(rig, STRAY_MS);
    moody.held.add("desk");
    await beats(rig, 10_000);
    const again = rig.engine.createBot(wishFor({ name: "second" }), by("second"));
    await rig.clock.breathe();
    moody.release("desk");
    await again;
    expect(rig.engine.bot("second")?.state.spec.id).toBe("b3");
    expect(namesOf(rig)).toEqual(["first", "second"]);
  });

  it("goes with a bot whose deletion the desk did not hear of", async () => {
    const { rig, moody } = await rigWithMoods();
    await rig.engine.createBot(wishFor({ name: "second" }), by("second"));
    moody.broken.add("desk");
    await expect(rig.engine.deleteBot("second", by("delete"))).rejects.toThrow(UserError);
    moody.broken.delete("desk");
    expect(namesOf(rig)).toEqual(["first", "second"]);
    await beats(rig, STRAY_MS + 10_000);
    expect(namesOf(rig)).toEqual(["first"]);
  });
});
