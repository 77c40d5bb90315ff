import { expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { by, wishFor } from "../../kit/engine-rig.ts";
import { connectedRig, type LiveRig, MINUTE, START_MS } from "../../kit/live-rig.ts";

const notional = (amount: number) => ({ sizing: { kind: "notional", notional: decimal(amount) } }) as const;
const STOP = { stopPct: 3, takePct: undefined, trailingPct: undefined };

/** A live bot that enters when the price rises in the third minute. */
async function live(): Promise<{ rig: LiveRig; name: string }> {
  const rig = await connectedRig({
    prepare: (tape) => {
      tape.minute("BTCUSDT", START_MS + 2 * MINUTE, [50_000, 50_000, 50_300, 50_300]);
      for (let minute = 3; minute < 40; minute += 1) tape.minute("BTCUSDT", START_MS + minute * MINUTE, [50_300, 50_300, 50_300, 50_300]);
    },
  });
  await rig.engine.createBot(wishFor({ name: "dip", ...notional(100), protection: STOP }), by("create"));
  const { state } = await rig.engine.promoteBot("dip", "main", undefined, by("promote"));
  return { rig, name: state.spec.name };
}

it("a real bot that is made smaller while it runs enters with the new size, and its stop rests as it was set", async () => {
  const { rig, name } = await live();
  await rig.engine.changes.set(name, notional(60), by("set"));
  await rig.beat(200);
  const bot = rig.engine.bot(name);
  expect(bot?.state.position.cost.toNumber()).toBeGreaterThan(50);
  expect(bot?.state.position.cost.toNumber()).toBeLessThan(61);
  expect(bot?.orders.map(({ purpose, status }) => [purpose, status])).toEqual([["stop", "open"]]);
  const wider = { protection: { ...STOP, stopPct: 8 } };
  expect(() => rig.engine.changes.preview(name, wider)).toThrow(/ holds a position or is about to/);
});

it("a real bot keeps a stop that a real account can hold, whatever is wished", async () => {
  const { rig, name } = await live();
  await rig.beat(2);
  const set = (change: Parameters<typeof rig.engine.changes.preview>[1]) => () => rig.engine.changes.preview(name, change);
  expect(set({ protection: { ...STOP, stopPct: undefined } })).toThrow(/^stop: a real position needs one/);
  const late = { ...STOP, stopPct: undefined, trailingPct: 1, trailAfterPct: 2 };
  expect(set({ protection: late })).toThrow(/until then the bot has no stop/);
  expect(set({ leverage: 2 })).toThrow(/^leverage: it exists on perpetual contracts/);
  expect(set(notional(200))().raises).toContain("an entry would be larger");
});

it("a real account takes a bot that builds its position of several entries, unless the whole does not fit it", async () => {
  const { rig, name } = await live();
  const params = { enterBelow: 100, orders: 2, step: 0.5 };
  const protection = { ...STOP, takePct: 1 };
  await rig.engine.createBot(wishFor({ name: "ladder", strategy: "dca", params, ...notional(300), protection }), by("ladder"));
  await rig.engine.createBot(wishFor({ name: "large", strategy: "dca", params, ...notional(1_100), protection }), by("large"));
  const sentence = /^size: All 3 entries of large together are 1,100 USDT .* allows 1,000 USDT; make its size smaller\.$/;
  expect(rig.engine.promotion("large", "main", undefined).refusals).toContainEqual(expect.stringMatching(sentence));
  await rig.engine.stopBot(name, false, by("stop"));
  const change = { strategy: "dca", params, protection };
  expect(() => rig.engine.changes.preview(name, { ...change, ...notional(1_100) })).toThrow(/^size: All 3 entries of /);
  await rig.engine.changes.set(name, { ...change, ...notional(300) }, by("set"));
  expect(rig.engine.bot(name)?.state.spec.strategy).toBe("dca");
  const { refusals, warnings } = rig.engine.promotion("ladder", "main", undefined);
  expect(refusals).toEqual([]);
  expect(warnings.join(" ")).toContain("never tested against the real Binance.com: run account drill");
});
