import { Random } from "./random.ts";

export const MINUTES_PER_DAY = 1_440;

/** What the market is doing: how strongly it moves, and whether it drifts (in units of a minute's usual deviation). */
export interface Regime {
  readonly name: "calm" | "rising" | "falling" | "volatile";
  readonly deviation: number;
  readonly drift: number;
  readonly meanMinutes: number;
}

export const REGIMES: readonly [Regime, ...Regime[]] = [
  { name: "calm", deviation: 0.6, drift: 0, meanMinutes: 150 },
  { name: "rising", deviation: 0.9, drift: 0.16, meanMinutes: 100 },
  { name: "falling", deviation: 0.9, drift: -0.16, meanMinutes: 100 },
  { name: "volatile", deviation: 2, drift: 0, meanMinutes: 50 },
];

/** Which regime follows which (rows: from, columns: to); a Markov chain, its lengths are geometric. */
const FOLLOWS: readonly (readonly number[])[] = [
  [0, 0.4, 0.4, 0.2],
  [0.5, 0, 0.2, 0.3],
  [0.5, 0.2, 0, 0.3],
  [0.4, 0.3, 0.3, 0],
];
/** Share of visits that each regime gets in the long run, for the first regime of a day. */
const FIRST: readonly number[] = [0.34, 0.23, 0.23, 0.2];

export interface Spell {
  readonly regime: Regime;
  readonly fromMinute: number;
  /** First minute of the day that no longer belongs to it. */
  readonly toMinute: number;
}

/** The regimes of one day, in order. Each day begins anew, so that any day is known without the days before it. */
export function spellsOfDay(seed: number): Spell[] {
  const random = new Random(seed);
  const spells: Spell[] = [];
  let index = pick(FIRST, random);
  for (let from = 0; from < MINUTES_PER_DAY; ) {
    const regime = REGIMES[index]!;
    const length = Math.max(1, Math.round(-Math.log(random.next()) * regime.meanMinutes));
    const toMinute = Math.min(MINUTES_PER_DAY, from + length);
    spells.push({ regime, fromMinute: from, toMinute });
    from = toMinute;
    index = pick(FOLLOWS[index]!, random);
  }
  return spells;
}

function pick(weights: readonly number[], random: Random): number {
  let left = random.next();
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return 0;
}
