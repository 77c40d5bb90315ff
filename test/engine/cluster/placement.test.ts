import { describe, expect, it } from "vitest";
import type { DeskEvent } from "../../../src/domain/events.ts";
import { BTC, noonRig, streamOf } from "../../kit/cluster-rig.ts";
import { MINUTE_S } from "../../kit/engine-live.ts";
import { by, OWNER, recordedEvents, wishFor } from "../../kit/engine-rig.ts";

const RISING = [100, ...Array<number>(20).fill(102)];

describe("people are told", () => {
  it("of an engine that died, and nothing more where another one takes over", async () => {
    const { rig, told } = await deskWith(2);
    const holder = await rig.holderOf(streamOf(OWNER));
    rig.processes.find(({ name }) => name === holder)?.kill();
    await rig.beat(2 * MINUTE_S);
    expect(await told()).toEqual([{ type: "process-gone", process: holder, host: "test", accounts: 1 }]);
  });

  it("of accounts that no process has, once, and when somebody has them again", async () => {
    const { rig, told } = await deskWith(1);
    rig.processes[1]!.kill();
    await rig.beat(3 * MINUTE_S);
    expect((await told()).map(({ type }) => type)).toEqual(["process-gone", "accounts-unplaced"]);
    expect((await told()).at(-1)).toMatchObject({ accounts: [`paper:${OWNER}`] });
    expect(rig.processes[0]!.rig.front.health().problems.join()).toContain("no process has 1 of the accounts since 2026-01-01 12:0");
    await rig.start("engine");
    await rig.beat(30);
    expect((await told()).map(({ type }) => type)).toEqual(["process-gone", "accounts-unplaced", "accounts-placed"]);
    expect(rig.processes[0]!.rig.front.health().problems).toEqual([]);
  });

  it("of nothing while accounts only move", async () => {
    const { rig, told } = await deskWith(1);
    await rig.start("engine");
    await rig.during(rig.processes[1]!.rig.stop("it ends"));
    await rig.processes[1]!.process.store.close();
    rig.processes[1]!.isDead = true;
    await rig.beat(2 * MINUTE_S);
    expect(await told()).toEqual([]);
  });
});

async function deskWith(engines: number) {
  const rig = noonRig(RISING);
  rig.shown.set(BTC, 100);
  const gateway = await rig.start("gateway");
  for (let count = 0; count < engines; count += 1) await rig.start("engine");
  await rig.beat(3);
  const { front } = gateway.rig;
  await rig.during(front.createBot(wishFor({ name: "one" }), by("create")));
  await rig.during(front.startBot("one", by("start")));
  const told = async () => {
    const events = (await recordedEvents<DeskEvent>(gateway.process.store, "desk")).map(({ event }) => event);
    return events.filter(({ type }) => ["process-gone", "accounts-unplaced", "accounts-placed"].includes(type));
  };
  return { rig, told };
}
