import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Advice, NoAdvice } from "../../src/domain/advice.ts";
import { plain } from "../../src/domain/money.ts";
import { HOUR_MS, marketMs, wallMs } from "../../src/domain/time.ts";
import { openReplay } from "../../src/feeds/replay.ts";
import type { Advisor } from "../../src/ports/advisor.ts";
import { type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const CANDLES = join(import.meta.dirname, "../fixtures/candles/simulated-seed42-BTCUSDT-1m.csv");
const NAMES = ["one", "two"];
/** The fills of the same bots without any service. */
let alone: readonly string[];

/** Plays the kept candles with two bots. The advisor is asked with the market's own time. */
async function played(advice: "advise" | "veto" | undefined, advisorOf?: (rig: EngineRig) => Advisor): Promise<EngineRig> {
  const rig = await openRig({ market: await openReplay(`BTC/USDT=${CANDLES}`), clock: new FakeClock() });
  if (advisorOf) rig.advise(advisorOf(rig));
  for (const name of NAMES) await startBot(rig, { name, ...(advice === undefined ? {} : { advice }) });
  await rig.engine.moveMarket("end");
  expect(rig.fatal).toEqual([]);
  return rig;
}

/** Fresh advice of one kind on everything. */
function always(action: Advice["action"], confidence: number): (rig: EngineRig) => Advisor {
  return (rig) => ({ on: () => adviceAt(rig, action, confidence) });
}

function adviceAt(rig: EngineRig, action: Advice["action"], confidence: number): Advice {
  const { atMs } = rig.engine.market();
  return {
    action,
    confidence,
    reasons: ["so it seems"],
    marketMs: marketMs(atMs),
    validUntilMs: wallMs(rig.clock.wall() + HOUR_MS),
    question: "q",
  };
}

async function entriesOf(rig: EngineRig) {
  return (await rig.eventsOf(OWNER, "intent")).map(({ intent }) => intent).filter(({ purpose }) => purpose === "entry");
}

/** The books without the bots' own words on advice and the events' notes of it. */
async function fillsOf(rig: EngineRig): Promise<string[]> {
  return (await rig.eventsOf(OWNER, "order-filled")).map(
    ({ fill, purpose }) => `${fill.marketMs} ${purpose} ${plain(fill.price)} ${plain(fill.quantity)}`,
  );
}

beforeAll(async () => {
  alone = await fillsOf(await played(undefined));
});

describe("A bot", () => {
  test("that asks for no advice has the books that it would have without a service, whatever that says", async () => {
    expect(alone.length).toBeGreaterThan(20);
    const advised = await played(undefined, always("sell", 1));
    expect(await fillsOf(advised)).toEqual(alone);
    expect((await entriesOf(advised)).some(({ advice }) => advice !== undefined)).toBe(false);
  });

  test("that asks a service which is dead, unreadable, old or hostile has the same books, and each entry says why there was no advice", async () => {
    const dead: Advisor = {
      on() {
        throw new Error("no memory of it");
      },
    };
    const services: readonly [string, ((rig: EngineRig) => Advisor) | undefined][] = [
      ["no AI service is set", undefined],
      ["what was remembered of it could not be read", () => dead],
      ["the service gave no answer", () => ({ on: (): NoAdvice => ({ none: "the service gave no answer" }) })],
      ["its confidence is no number between 0 and 1", always("sell", 1e9)],
      ["its confidence is no number between 0 and 1", always("hold", Number.NaN)],
      ["its own time is up", (rig) => ({ on: () => ({ ...adviceAt(rig, "sell", 1), validUntilMs: wallMs(0) }) })],
    ];
    for (const [because, advisor] of services) {
      const rig = await played("veto", advisor);
      expect(await fillsOf(rig)).toEqual(alone);
      expect((await entriesOf(rig)).map(({ advice }) => advice?.because)).toEqual((await entriesOf(rig)).map(() => because));
    }
  });

  test("that only tells advice has the same books, and each entry holds the advice", async () => {
    const rig = await played("advise", always("sell", 1));
    expect(await fillsOf(rig)).toEqual(alone);
    expect((await entriesOf(rig))[0]?.advice).toMatchObject({
      mode: "advise",
      effect: "kept",
      advice: { action: "sell", reasons: ["so it seems"] },
    });
  });

  test("that may be vetoed enters nothing while the service is sure, and each denial says so; exits are not asked about", async () => {
    const rig = await played("veto", always("sell", 0.9));
    expect(await entriesOf(rig)).toEqual([]);
    const denied = await rig.eventsOf(OWNER, "wish-denied");
    expect(denied.length).toBeGreaterThan(5);
    expect(denied[0]).toMatchObject({
      code: "advice",
      because: "SHENRON says sell at a confidence of 0.90: no entry",
      advice: { effect: "vetoed" },
    });
    const why = rig.engine.why("one");
    expect(why.gates.find(({ name }) => name === "advice")).toMatchObject({
      isOpen: false,
      says: 'SHENRON says sell at a confidence of 0.90: no entry; its words: "so it seems"',
    });
  });

  test("that may be cut enters with half at most, and sells all of it again", async () => {
    const rig = await played("veto", always("hold", 1));
    const entries = await entriesOf(rig);
    expect(entries.length).toBeGreaterThan(5);
    for (const { quantity, advice } of entries) {
      expect(advice?.effect).toBe("cut");
      expect(quantity.isLessThanOrEqualTo(advice!.quantityBefore.dividedBy(2))).toBe(true);
    }
    for (const { position } of rig.books(OWNER).bots.values()) expect(position.quantity.isNegative()).toBe(false);
  });

  test("never enters with more than the risk door allows, whatever a service of chance says", async () => {
    let throws = 0;
    const chance = (rig: EngineRig): Advisor => ({
      on() {
        throws += 1;
        const confidence = [0, 0.3, 0.7, 1, -5, 99, Number.POSITIVE_INFINITY][throws % 7]!;
        return adviceAt(rig, (["buy", "sell", "hold"] as const)[throws % 3]!, confidence);
      },
    });
    const rig = await played("veto", chance);
    const entries = await entriesOf(rig);
    expect(new Set(entries.map(({ advice }) => advice?.effect))).toEqual(new Set(["kept", "cut", "none"]));
    for (const { quantity, advice } of entries) expect(quantity.isLessThanOrEqualTo(advice!.quantityBefore)).toBe(true);
    expect((await rig.eventsOf(OWNER, "wish-denied")).filter(({ code }) => code === "late-slot")).toEqual([]);
  });
});
