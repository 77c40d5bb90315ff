import type { DeskEvent } from "../../../src/domain/events.ts";
import type { Limits, RiskScope } from "../../../src/domain/limits.ts";
import { decimal } from "../../../src/domain/money.ts";
import type { Dice } from "./dice.ts";

const BOTS = 20;

/** What somebody limits on this desk: the whole of it, a symbol, an account, a bot. Nothing in most seeds, so that all else happens often enough. */
export function inventedLimits(dice: Dice, accounts: readonly string[], symbols: readonly string[]): DeskEvent[] {
  if (!dice.chance(0.35)) return [];
  const usdt = (...amounts: readonly string[]) => ({ value: decimal(dice.pick(amounts)), currency: "USDT" });
  const some = (odds: number, limits: () => Limits): Limits => (dice.chance(odds) ? limits() : {});
  const sets: [RiskScope, Limits][] = [
    [
      "all",
      {
        ...some(0.6, () => ({ positions: dice.pick([1, 2, 4]) })),
        ...some(0.5, () => ({ exposure: usdt("900", "2500", "6000") })),
        ...some(0.3, () => ({ orders: dice.pick([1, 3]) })),
      },
    ],
    [
      `account:${dice.pick(accounts)}`,
      {
        ...some(0.5, () => ({ positions: dice.pick([1, 2]) })),
        ...some(0.5, () => ({ entries: dice.pick([3, 10]) })),
        ...some(0.4, () => ({ position: usdt("300", "900") })),
      },
    ],
    [`symbol:${dice.pick(symbols)}`, some(0.7, () => ({ exposure: usdt("400", "1200") }))],
    [`bot:b${1 + Math.floor(dice.between(0, BOTS))}`, some(0.7, () => ({ entries: dice.pick([1, 4]), orders: 1 }))],
  ];
  return sets.flatMap(([scope, limits]) =>
    Object.keys(limits).length === 0 ? [] : [{ type: "limits-set" as const, scope, limits, by: "discord:1" }],
  );
}
