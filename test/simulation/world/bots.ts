import type { Protection, Sizing } from "../../../src/domain/bot.ts";
import { decimal } from "../../../src/domain/money.ts";
import type { NewBot } from "../../../src/ports/engine.ts";
import type { Dice } from "./dice.ts";
import { PERPETUALS } from "./perpetual-listing.ts";

const QUICK: readonly (() => Pick<NewBot, "strategy" | "params">)[] = [
  () => ({ strategy: "ema-cross", params: { fast: 2, slow: 5 } }),
  () => ({ strategy: "bollinger-breakout", params: { period: 5, deviations: 0.9 } }),
  () => ({ strategy: "rsi-reversion", params: { period: 4, enterBelow: 35, exitAbove: 60 } }),
];

/** One bot for each symbol with a stop, as an account at an exchange wants them. */
export function inventedReal(dice: Dice, symbols: readonly string[], named: string): NewBot[] {
  return invented(dice, symbols.length, symbols, named).map((bot, index) => {
    const stopPct = bot.protection.stopPct ?? 1.5;
    return { ...bot, symbol: symbols[index] ?? bot.symbol, protection: { ...bot.protection, stopPct, ...moving(dice, bot.protection) } };
  });
}

function inParts(takePct: number): NonNullable<Protection["takes"]> {
  return [
    { pct: takePct / 2, sharePct: 40 },
    { pct: takePct, sharePct: 60 },
  ];
}

/** Targets in parts, stops that move, and an end in time. */
function moving(dice: Dice, { takePct, trailingPct }: Protection): Partial<Protection> {
  const takes = takePct ?? Number.POSITIVE_INFINITY;
  const fits = (pct: number, odds: number) => dice.chance(odds) && pct < takes;
  return {
    ...(takePct !== undefined && dice.chance(0.4) ? { takePct: undefined, takes: inParts(takePct) } : {}),
    ...(trailingPct !== undefined && fits(0.5, 0.4) ? { trailAfterPct: 0.5 } : {}),
    ...(fits(0.6, 0.25) ? { breakevenPct: 0.6 } : {}),
    ...(dice.chance(0.25)
      ? { holdMax: dice.pick([{ kind: "bars", bars: 7 } as const, { kind: "span", spanMs: 1_500_000 } as const]) }
      : {}),
  };
}

/** One bot for each contract but the last, which is left to orders by hand; each with a stop, some with leverage. */
export function inventedPerpetual(dice: Dice, named: string): NewBot[] {
  const symbols = PERPETUALS.map(({ symbol }) => symbol).slice(0, -1);
  return inventedReal(dice, symbols, named).map((bot) => ({ ...bot, leverage: dice.pick([1, 1, 2, 3]) }));
}

/** Some of the bots build their positions of several entries, often and near one another. */
export function someWithPlans(dice: Dice, bots: readonly NewBot[], where: "paper" | "real"): NewBot[] {
  return bots.map((bot): NewBot => {
    if (!dice.chance(where === "paper" ? 0.3 : 0.2)) return bot;
    const none = { stopPct: undefined, takePct: undefined, trailingPct: undefined };
    const share: Sizing = { kind: "equity-percent", pct: 15 };
    // A real bot is promoted from one on paper, and has to fit two accounts.
    const sizing = where === "real" ? share : dice.pick<Sizing>([share, { kind: "notional", notional: decimal("1234.56") }]);
    if (dice.chance(0.5)) {
      // Steps hardly wider than what they cost, so that much happens.
      const range = dice.pick([
        { around: 1, levels: 8 },
        { around: 2, levels: 14 },
        { around: 2, levels: 8 },
      ]);
      const params = { ...range, stopBelow: dice.pick([0.2, 1]) };
      // What says where its stop lies is its range, which leverage is not measured against.
      const leverage = bot.leverage === undefined ? {} : { leverage: 1 };
      return { ...bot, ...leverage, sizing, strategy: "grid", params, protection: none };
    }
    const params = { enterBelow: 100, orders: dice.pick([2, 3]), step: 0.3, stepScale: 1.2, sizeScale: 1.5, pause: dice.pick([0, 2]) };
    const breakeven = dice.chance(0.3) ? { breakevenPct: 0.4 } : {};
    return { ...bot, sizing, strategy: "dca", params, protection: { ...none, stopPct: dice.pick([0.7, 1.5]), takePct: 0.6, ...breakeven } };
  });
}

/** Bots that act often, of every strategy, on every symbol. */
export function invented(dice: Dice, count: number, symbols: readonly string[], named: string): NewBot[] {
  const advised = dice.fork("advice");
  return Array.from({ length: count }, (_, index): NewBot => {
    const advice = advised.pick(["off", "off", "advise", "veto", "veto"] as const);
    const pct = (low: number, high: number, odds: number) =>
      dice.chance(odds) ? Math.round(dice.between(low, high) * 100) / 100 : undefined;
    const sizing: Sizing = dice.chance(0.7)
      ? { kind: "equity-percent", pct: dice.pick([5, 10, 20, 60]) }
      : { kind: "notional", notional: decimal(dice.pick(["120", "345.67", "1500", "9000"])) };
    return {
      name: `${named}-${index + 1}`,
      group: undefined,
      symbol: dice.pick(symbols),
      timeframe: dice.pick(["1m", "1m", "3m", "5m"] as const),
      ...dice.pick(QUICK)(),
      sizing,
      protection: { stopPct: pct(0.3, 2, 0.7), takePct: pct(0.3, 3, 0.4), trailingPct: pct(0.3, 2, 0.3) },
      ...(advice === "off" ? {} : { advice }),
    };
  });
}
