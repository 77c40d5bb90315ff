import { describe, expect, it } from "vitest";
import { plain } from "../../../src/domain/money.ts";
import { BTC, type ClusterRig, type DeskProcess, noonRig, streamOf } from "../../kit/cluster-rig.ts";
import { MINUTE_S } from "../../kit/engine-live.ts";
import { by, OWNER, wishFor } from "../../kit/engine-rig.ts";

const OWNERS = ["discord:1", "discord:2", "discord:3", "discord:4"];
const RISING = [100, ...Array<number>(30).fill(102)];
const STOP = { stopPct: 5, takePct: undefined, trailingPct: undefined };

/** A gateway with some engines and a running bot of each owner. */
async function deskWith(engines: number, owners: readonly string[], closes = RISING) {
  const rig = noonRig(closes);
  const gateway = await rig.start("gateway");
  const started: DeskProcess[] = [];
  for (let count = 0; count < engines; count += 1) started.push(await rig.start("engine"));
  await rig.beat(3);
  for (const owner of owners) {
    const name = `bot-${owner.at(-1)}`;
    await rig.during(gateway.rig.front.createBot(wishFor({ name, protection: STOP }), by(`create ${name}`, owner)));
    await rig.during(gateway.rig.front.startBot(name, by(`start ${name}`, owner)));
  }
  return { rig, gateway, engines: started };
}

/** How many of the accounts each process has. */
async function spread(rig: ClusterRig): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const owner of OWNERS) {
    const holder = (await rig.holderOf(streamOf(owner))) ?? "nobody";
    counts[holder] = (counts[holder] ?? 0) + 1;
  }
  return counts;
}

const fatalOf = (rig: ClusterRig) => rig.processes.filter(({ isDead }) => !isDead).flatMap((each) => each.rig.fatal);

describe("accounts among engines", () => {
  it("are spread evenly, move to an engine that joins, and back when it ends", async () => {
    const { rig } = await deskWith(2, OWNERS);
    await rig.beat(10);
    expect(await spread(rig)).toEqual({ "engine-2": 2, "engine-3": 2 });
    const third = await rig.start("engine");
    await rig.beat(15);
    expect(Object.keys(await spread(rig))).toHaveLength(3);
    await rig.during(third.rig.stop("it ends"));
    third.isDead = true;
    await third.process.store.close();
    await rig.beat(10);
    expect(await spread(rig)).toEqual({ "engine-2": 2, "engine-3": 2 });
    expect(fatalOf(rig)).toEqual([]);
  });

  it("go on at another engine after a kill, with the stop that was touched meanwhile", async () => {
    const closes = [100, 102, 102, 80, ...Array<number>(25).fill(102)];
    const { rig, engines } = await deskWith(1, [OWNER], closes);
    rig.shown.set(BTC, 102);
    await rig.beat(3 * MINUTE_S);
    expect((await rig.events()).filter(({ type }) => type === "order-filled")).toHaveLength(1);
    await rig.start("engine");
    // Nobody has it while the minute of the fall closes.
    await rig.beat(50);
    engines[0]?.kill();
    await rig.beat(4 * MINUTE_S);
    expect(await rig.holderOf(streamOf(OWNER))).toBe("engine-3");
    const fills = (await rig.events()).flatMap((event) =>
      event.type === "order-filled" ? [[event.purpose, plain(event.fill.price)]] : [],
    );
    expect(fills.slice(0, 2)).toEqual([
      ["entry", "102"],
      ["stop", "96.9"],
    ]);
    expect(fatalOf(rig)).toEqual([]);
  });

  it("are not an engine's any more that was stopped for so long that another one took them: it ends, and nothing happens twice", async () => {
    const { rig, engines } = await deskWith(2, [OWNER]);
    rig.shown.set(BTC, 102);
    await rig.beat(2 * MINUTE_S);
    const holder = await rig.holderOf(streamOf(OWNER));
    const zombie = engines.find(({ name }) => name === holder)!;
    zombie.process.stall();
    await rig.beat(60);
    expect(await rig.holderOf(streamOf(OWNER))).not.toBe(zombie.name);
    rig.shown.set(BTC, 90);
    await rig.beat(5);
    zombie.process.wake();
    await rig.beat(10);
    expect(zombie.taken).toBe(true);
    const stops = (await rig.events()).filter((event) => event.type === "order-filled" && event.purpose === "stop");
    expect(stops).toHaveLength(1);
  });

  it("stay where they are while the queue is gone, and go on trading there", async () => {
    const { rig, gateway } = await deskWith(2, OWNERS);
    await rig.beat(10);
    const before = await spread(rig);
    rig.queue.stop();
    rig.shown.set(BTC, 102);
    await rig.beat(3 * MINUTE_S);
    expect(await spread(rig)).toEqual(before);
    for (const owner of OWNERS) expect((await rig.events(owner)).some(({ type }) => type === "order-filled")).toBe(true);
    await rig.during(gateway.rig.front.stopBot("bot-1", true, by("stop", "discord:1")));
    rig.queue.start();
    await rig.beat(20);
    expect(await spread(rig)).toEqual(before);
    expect(fatalOf(rig)).toEqual([]);
  });

  it("are left alone by an engine that is set to another market, which goes on with what it can have", async () => {
    const { rig, engines } = await deskWith(1, [OWNER]);
    const other = await rig.start("engine", { marketKey: "other" });
    engines[0]!.kill();
    await rig.beat(2 * MINUTE_S);
    expect(other.rig.fatal).toEqual([]);
    expect(await rig.holderOf(streamOf(OWNER))).not.toBe(other.name);
    expect(other.rig.complaints.filter((each) => each.includes("cannot be had here"))).toHaveLength(1);
    await rig.start("engine");
    await rig.beat(90);
    expect(await rig.holderOf(streamOf(OWNER))).toBe("engine-4");
    expect(other.rig.fatal).toEqual([]);
  });
});
