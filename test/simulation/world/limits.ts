import type { DeskEvent } from "../../../src/domain/events.ts";
import type { Limits, RiskScope } from "../../../src/domain/limits.ts";
import { decimal } from "../../../src/domain/money.ts";
import type { Dice } from "./dice.ts";

const BOTS = 20;

/** Where somebody limits something. */
export interface LimitPlaces {
  readonly paper: readonly string[];
  /** Accounts at exchanges, where a spread is told and not modeled. */
  readonly real: readonly string[];
  readonly symbols: readonly string[];
}

/** What somebody limits on this desk. The spread at exchanges in half of the seeds; all else in few, so that the rest happens often enough. */
export function inventedLimits(dice: Dice, places: LimitPlaces): DeskEvent[] {
  const sets = new Map(dice.chance(0.35) ? drawnSets(dice, places) : []);
  for (const account of places.real)
    if (dice.chance(0.5)) sets.set(`account:${account}`, { ...sets.get(`account:${account}`), spreadBps: dice.pick([5, 20]) });
  return [...sets].flatMap(([scope, limits]) =>
    Object.keys(limits).length === 0 ? [] : [{ type: "limits-set" as const, scope, limits, by: "discord:1" }],
  );
}

/** For the whole desk, an account, a symbol, a bot. */
function drawnSets(dice: Dice, { paper, real, symbols }: LimitPlaces): [RiskScope, Limits][] {
  const usdt = (...amounts: readonly string[]) => ({ value: decimal(dice.pick(amounts)), currency: "USDT" });
  const some = (odds: number, limits: () => Limits): Limits => (dice.chance(odds) ? limits() : {});
  return [
    [
      "all",
      {
        ...some(0.6, () => ({ positions: dice.pick([1, 2, 4]) })),
        ...some(0.5, () => ({ exposure: usdt("900", "2500", "6000") })),
        ...some(0.3, () => ({ orders: dice.pick([1, 3]) })),
      },
    ],
    [
      `account:${dice.pick([...paper, ...real])}`,
      {
        ...some(0.5, () => ({ positions: dice.pick([1, 2]) })),
        ...some(0.5, () => ({ entries: dice.pick([3, 10]) })),
        ...some(0.4, () => ({ position: usdt("300", "900") })),
      },
    ],
    [`symbol:${dice.pick(symbols)}`, some(0.7, () => ({ exposure: usdt("400", "1200") }))],
    [`bot:b${1 + Math.floor(dice.between(0, BOTS))}`, some(0.7, () => ({ entries: dice.pick([1, 4]), orders: 1 }))],
  ];
}
