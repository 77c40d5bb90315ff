import { describe, expect, it } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import { wallMs } from "../../src/domain/time.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, openRig, startBot } from "../kit/engine-rig.ts";
import { moodyStore } from "../kit/engine-store.ts";

const BTC = "BTC/USDT";
const UP = [100, 102, 102, 102, 102, 102, 102, 102];

describe("a halt while the store cannot write", () => {
  it("holds from memory at once, says that a restart would forget it, and is written as soon as the store can", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: UP }), store: moody.store, speed: 60 });
    await startBot(rig, { name: "mine" });
    moody.broken.add("desk");
    await expect(rig.engine.halt("disk is full", undefined, by("h1"))).rejects.toThrow(UserError);
    await expect(rig.engine.halt("disk is full", undefined, by("h2"))).rejects.toThrow(/a restart before it can would forget it/);
    expect(rig.engine.health().problems).toContain("halted: disk is full");
    await beats(rig, 6);
    expect(rig.engine.bot("mine")?.state.position.fillCount).toBe(0);
    expect(rig.desk.state.halt).toBeUndefined();
    moody.broken.clear();
    await beats(rig, 1);
    expect(rig.desk.state.halt?.reason).toBe("disk is full");
    expect(rig.fatal).toEqual([]);
  });

  it("never shortens a halt that is in force", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: UP }), store: moody.store, speed: 60 });
    await rig.engine.halt("until further notice", undefined, by("h1"));
    moody.broken.add("desk");
    const soon = wallMs(rig.clock.wall() + 3_000);
    await expect(rig.engine.halt("for a moment", soon, by("h2"))).rejects.toThrow(UserError);
    moody.broken.clear();
    await beats(rig, 10);
    expect(rig.desk.state.halt?.untilMs).toBeUndefined();
    expect(rig.desk.halted()).toContain("halted");
  });

  it("is taken back by a resume that the store takes", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: UP }), store: moody.store, speed: 60 });
    moody.broken.add("desk");
    await expect(rig.engine.halt("disk is full", undefined, by("h1"))).rejects.toThrow(UserError);
    moody.broken.clear();
    await rig.engine.resume(by("r1"));
    expect(rig.desk.halted()).toBeUndefined();
  });
});

async function beats(rig: EngineRig, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await rig.clock.advance(1_000);
    await rig.pulse.beat();
    for (let round = 0; round < 5; round += 1) await rig.clock.breathe();
  }
}
