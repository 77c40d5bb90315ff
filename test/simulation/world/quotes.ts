import { type Quote, quoteOf } from "../../../src/domain/quote.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import type { Coverage } from "./coverage.ts";
import type { Dice } from "./dice.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 60 * MINUTE_MS;
const NARROW_BPS = 2;
/** Mean pause between spells of one symbol, and how long they last. */
const PAUSE_MS = 40 * MINUTE_MS;
const [SHORTEST_MS, LONGEST_MS] = [10 * SECOND_MS, 40 * MINUTE_MS];
/** Seeds in which every quote is narrow. */
const NARROW_SEEDS = 0.5;

interface Spell {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Undefined: nobody tells bid and ask. */
  readonly bps: number | undefined;
}

/** Bid and ask beside the prices of the exchanges: narrow, in spells wide, in others not told at all. */
export class SimQuotes {
  readonly #spells: ReadonlyMap<string, readonly Spell[]>;
  readonly #coverage: Coverage;

  /** Spells lie within so many hours of true time. */
  constructor(dice: Dice, symbols: readonly string[], span: { readonly startMs: number; readonly hours: number }, coverage: Coverage) {
    this.#coverage = coverage;
    const isNarrow = dice.chance(NARROW_SEEDS);
    this.#spells = new Map(symbols.map((symbol) => [symbol, isNarrow ? [] : spellsOf(dice.fork(symbol), span)]));
  }

  of(symbol: string, price: number, trueMs: number): Quote | undefined {
    const spell = this.#spellAt(symbol, trueMs);
    if (spell) this.#coverage.mark(spell.bps === undefined ? "bid and ask are not told" : "the spread is wide");
    return quoteAround(price, spell ? spell.bps : NARROW_BPS);
  }

  /** The narrowest spread that was told at any second of a span of true time, in basis points; undefined when none was. */
  narrowestBps(symbol: string, fromMs: number, untilMs: number): number | undefined {
    let narrowest: number | undefined;
    for (let atMs = fromMs; atMs <= untilMs; atMs += SECOND_MS) {
      const spell = this.#spellAt(symbol, atMs);
      const bps = spell ? spell.bps : NARROW_BPS;
      if (bps !== undefined) narrowest = Math.min(narrowest ?? bps, bps);
    }
    return narrowest;
  }

  #spellAt(symbol: string, trueMs: number): Spell | undefined {
    return this.#spells.get(symbol)?.find(({ fromMs, untilMs }) => fromMs <= trueMs && trueMs < untilMs);
  }
}

function spellsOf(dice: Dice, { startMs, hours }: { readonly startMs: number; readonly hours: number }): Spell[] {
  const spells: Spell[] = [];
  const endMs = startMs + hours * HOUR_MS;
  const pause = (): number => -PAUSE_MS * Math.log(1 - dice.next());
  for (let fromMs = startMs + pause(); fromMs < endMs; fromMs += pause()) {
    const untilMs = Math.min(endMs, fromMs + dice.magnitude(SHORTEST_MS, LONGEST_MS));
    spells.push({ fromMs, untilMs, bps: dice.chance(0.4) ? undefined : Math.round(dice.magnitude(15, 300)) });
    fromMs = untilMs;
  }
  return spells;
}

function quoteAround(price: number, bps: number | undefined): Quote | undefined {
  if (bps === undefined) return undefined;
  const half = bps / 20_000;
  return quoteOf(price * (1 - half), price * (1 + half));
}
