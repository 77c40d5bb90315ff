import { describe, expect, it } from "vitest";
import { HOUR_MS, wallMs } from "../../src/domain/time.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, openRig } from "../kit/engine-rig.ts";
import { type MoodyStore, moodyStore } from "../kit/engine-store.ts";

describe("a halt that is being written", () => {
  it("is not ended by the end of the one before it", async () => {
    const { rig, moody } = await open();
    const soon = wallMs(rig.clock.wall() + 1_000);
    await rig.engine.halt("a second", soon, by("h1"));
    moody.held.add("desk");
    const panicking = rig.engine.panic("now", by("p1"));
    await rig.clock.advance(1_000);
    const beating = rig.pulse.beat();
    await breathe(rig);
    moody.release("desk");
    await Promise.all([panicking, beating]);
    expect(rig.desk.halted()).toBe("panic: now");
  });

  it("is not made less by one that another person asks for in the same moment", async () => {
    const { rig, moody } = await open();
    moody.held.add("desk");
    const panicking = rig.engine.panic("now", by("p1"));
    const halting = rig.engine.halt("for an hour", wallMs(rig.clock.wall() + HOUR_MS), by("h1"));
    await breathe(rig);
    moody.release("desk");
    await Promise.all([panicking, halting]);
    expect(rig.desk.state.halt).toMatchObject({ panic: true, untilMs: undefined });
  });

  it("is not written once more behind a resume that came meanwhile", async () => {
    const { rig, moody } = await open();
    moody.broken.add("desk");
    await expect(rig.engine.panic("disk is full", by("p1"))).rejects.toThrow("cannot write");
    moody.broken.clear();
    moody.held.add("desk");
    const resuming = rig.engine.resume(by("r1"));
    await rig.clock.advance(1_000);
    const beating = rig.pulse.beat();
    await breathe(rig);
    moody.release("desk");
    await Promise.all([resuming, beating]);
    await breathe(rig);
    expect(rig.desk.halted()).toBeUndefined();
  });
});

async function open(): Promise<{ rig: EngineRig; moody: MoodyStore }> {
  const moody = moodyStore(openMemoryStore());
  const rig = await openRig({ market: scripted({ "BTC/USDT": [100, 102, 102, 102] }), store: moody.store, speed: 60 });
  return { rig, moody };
}

async function breathe({ clock }: EngineRig): Promise<void> {
  for (let round = 0; round < 10; round += 1) await clock.breathe();
}
