import { describe, expect, it } from "vitest";
import type { Advice } from "../../../src/domain/advice.ts";
import { HOUR_MS, MINUTE_MS, marketMs, wallMs } from "../../../src/domain/time.ts";
import type { Advisor } from "../../../src/ports/advisor.ts";
import { BTC, type ClusterRig, type DeskProcess, NOON, noonRig, streamOf } from "../../kit/cluster-rig.ts";
import { MINUTE_S } from "../../kit/engine-live.ts";
import { by, OWNER, wishFor } from "../../kit/engine-rig.ts";

/** Flat, then risen: the bot wants to enter when the first risen minute has closed. */
const risingAfter = (minutes: number) => [...Array<number>(minutes).fill(100), ...Array<number>(20).fill(102)];

/** A service that says the same of everything, with figures of the moment it is asked at. */
function service(rig: ClusterRig, action: Advice["action"]): Advisor {
  return {
    on: () => ({
      action,
      confidence: 0.9,
      reasons: ["so it seems"],
      marketMs: marketMs(Math.floor(rig.clock.wall() / MINUTE_MS) * MINUTE_MS),
      validUntilMs: wallMs(NOON + HOUR_MS),
      question: "q",
    }),
  };
}

/** A gateway that asks a service, an engine, and a bot there that may be vetoed. */
async function advisedDesk(action: Advice["action"] | undefined, flatMinutes = 4) {
  const rig = noonRig(risingAfter(flatMinutes));
  const gateway = await rig.start("gateway");
  if (action) gateway.rig.advise(service(rig, action));
  const engine = await rig.start("engine");
  await rig.beat(3);
  const { front } = gateway.rig;
  await rig.during(front.createBot(wishFor({ name: "one", advice: "veto" }), by("create")));
  await rig.during(front.startBot("one", by("start")));
  rig.shown.set(BTC, 102);
  return { rig, gateway, engine };
}

async function entryOf(rig: ClusterRig) {
  const intents = (await rig.events()).flatMap((event) => (event.type === "intent" ? [event.intent] : []));
  return intents.find(({ purpose }) => purpose === "entry");
}

/** Why advice has denied entries. */
async function denialsOf(rig: ClusterRig): Promise<string[]> {
  return (await rig.events()).flatMap((event) => (event.type === "wish-denied" && event.code === "advice" ? [event.because] : []));
}

const fatalOf = (processes: readonly DeskProcess[]) => processes.filter(({ isDead }) => !isDead).flatMap((each) => each.rig.fatal);

describe("advice on a desk of several processes", () => {
  it("reaches the engine that has the account, from the one process that asks the service", async () => {
    const { rig, gateway } = await advisedDesk("sell");
    await rig.beat(7 * MINUTE_S);
    expect(await rig.holderOf(streamOf(OWNER))).toBe("engine-2");
    expect(await entryOf(rig)).toBeUndefined();
    expect(await denialsOf(rig)).toEqual(["SHENRON says sell at a confidence of 0.90: no entry"]);
    const why = await rig.during(Promise.resolve(gateway.rig.front.why("one")));
    expect(why.gates.find(({ name }) => name === "advice")).toMatchObject({ isOpen: false });
    expect(fatalOf(rig.processes)).toEqual([]);
  });

  it("is known to an engine that starts while nobody has the desk", async () => {
    const { rig, gateway, engine } = await advisedDesk("sell");
    await rig.beat(30);
    gateway.kill();
    engine.kill();
    await rig.start("engine");
    await rig.beat(6 * MINUTE_S);
    expect(await rig.holderOf(streamOf(OWNER))).toBe("engine-3");
    expect(await denialsOf(rig)).toHaveLength(1);
  });

  it("is none any more at an engine once it is old, because whoever asks the service is gone", async () => {
    const { rig, gateway } = await advisedDesk("sell", 20);
    await rig.beat(30);
    gateway.kill();
    await rig.beat(22 * MINUTE_S);
    expect((await entryOf(rig))?.advice).toMatchObject({ effect: "none", because: expect.stringMatching(/^it is 2\d min old/) });
    expect(await denialsOf(rig)).toEqual([]);
    expect(fatalOf(rig.processes)).toEqual([]);
  });

  it("is kept for the engines when the store takes it again", async () => {
    const { rig, gateway } = await advisedDesk("sell");
    for (let loss = 0; loss < 20; loss += 1) gateway.process.lose("request");
    await rig.beat(7 * MINUTE_S);
    expect(await denialsOf(rig)).toHaveLength(1);
    expect(fatalOf(rig.processes)).toEqual([]);
  });

  it("ends no process when what is remembered of it cannot be read", async () => {
    const { rig, gateway } = await advisedDesk(undefined);
    gateway.rig.advise({
      on() {
        throw new Error("no memory of it");
      },
    });
    await rig.beat(7 * MINUTE_S);
    expect((await entryOf(rig))?.advice).toMatchObject({ effect: "none", because: "what was remembered of it could not be read" });
    expect(fatalOf(rig.processes)).toEqual([]);
  });

  it("is what the entry says it is where no service is set", async () => {
    const { rig } = await advisedDesk(undefined);
    await rig.beat(7 * MINUTE_S);
    expect((await entryOf(rig))?.advice).toMatchObject({ effect: "none", because: "no AI service is set" });
  });
});
