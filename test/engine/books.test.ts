import { describe, expect, it } from "vitest";
import { applyAccountEvent } from "../../src/domain/account.ts";
import { emptyAccount } from "../../src/domain/books.ts";
import { type Decimal, decimal, plain, ZERO } from "../../src/domain/money.ts";
import type { Fill } from "../../src/domain/position.ts";
import type { EngineRig } from "../kit/engine-rig.ts";
import { ALICE, BOB, playRest, playUndisturbed, script, stormyMarket } from "./crash-scenario.ts";

const MINUTES = 200;
const SEEDS = [11, 12, 13, 14, 15, 16];

async function fillsOf(rig: EngineRig, owner: string): Promise<Fill[]> {
  return (await rig.eventsOf(owner, "order-filled")).map(({ fill }) => fill);
}

function moved(fills: readonly Fill[], start: Decimal): { cash: Decimal; coins: Map<string, Decimal>; lowest: Decimal } {
  const coins = new Map<string, Decimal>();
  let cash = start;
  let lowest = start;
  for (const { symbol, side, price, quantity, fee } of fills) {
    const sign = side === "buy" ? 1 : -1;
    const coin = symbol.split("/")[0]!;
    coins.set(coin, (coins.get(coin) ?? ZERO).plus(quantity.times(sign)));
    cash = cash.minus(price.times(quantity).times(sign)).minus(fee);
    for (const each of [cash, coins.get(coin)!]) if (each.isLessThan(lowest)) lowest = each;
  }
  return { cash, coins, lowest };
}

describe.each(SEEDS)("the books of a stormy market with seed %i", (seed) => {
  const play = () => playUndisturbed(stormyMarket(MINUTES, seed), script(MINUTES));

  it("are the sum of the venue's fills, each counted once, and never below zero", async () => {
    const { rig } = await play();
    for (const owner of [ALICE, BOB]) {
      const fills = await fillsOf(rig, owner);
      expect(fills.length).toBeGreaterThan(30);
      expect(new Set(fills.map(({ fillId }) => fillId)).size).toBe(fills.length);
      const { cash, coins, lowest } = moved(fills, decimal(10_000));
      expect(lowest.isNegative()).toBe(false);
      const state = rig.books(owner);
      expect(plain(state.balances.get("USDT")!)).toBe(plain(cash));
      for (const [coin, quantity] of coins) expect(plain(state.balances.get(coin)!)).toBe(plain(quantity));
      const bots = [...state.bots.values()];
      const sum = (values: Decimal[]) => plain(values.reduce((total, each) => total.plus(each), ZERO));
      expect(sum(bots.map(({ quoteEntries }) => quoteEntries))).toBe(plain(cash.minus(10_000)));
      for (const bot of bots) expect(plain(bot.baseEntries)).toBe(plain(bot.position.quantity));
      const results = bots.flatMap((bot) => [...bot.results.values()]);
      expect(results.reduce((total, each) => total + each.fills, 0)).toBe(fills.length);
      expect(sum(results.map(({ fees }) => fees))).toBe(sum(fills.map(({ fee }) => fee)));
    }
  });

  it("make at most one intent per bot, slot and leg, and send nothing twice", async () => {
    const { rig } = await play();
    for (const owner of [ALICE, BOB]) {
      const intents = (await rig.eventsOf(owner, "intent")).map(({ intent }) => intent);
      expect(new Set(intents.map(({ intentId }) => intentId)).size).toBe(intents.length);
      const slots = intents.filter(({ purpose }) => purpose === "entry" || purpose === "exit");
      expect(new Set(slots.map(({ botId, slotMs, purpose }) => `${botId} ${slotMs} ${purpose}`)).size).toBe(slots.length);
      const accepted = (await rig.eventsOf(owner, "order-accepted")).map(({ clientOrderId }) => clientOrderId);
      expect(new Set(accepted).size).toBe(accepted.length);
    }
  });

  it("fold from the stream alone and from a snapshot to the same, and stay small", async () => {
    const { rig, writes } = await play();
    const log = writes.map(({ write }) => write);
    const again = await playRest(stormyMarket(MINUTES, seed), [], log, 0);
    for (const owner of [ALICE, BOB]) {
      const state = emptyAccount();
      for (const recorded of await rig.events(owner)) applyAccountEvent(state, recorded);
      expect(state.intents.size).toBe(0);
      const balances = (from: typeof state) => [...from.balances].map(([coin, value]) => `${coin} ${plain(value)}`).sort();
      expect(balances(state)).toEqual(balances(rig.books(owner)));
      expect(balances(again.books(owner))).toEqual(balances(rig.books(owner)));
      expect(again.summary(owner)).toEqual(rig.summary(owner));
    }
  });
});
