import { type Decimal, decimal, shown, ZERO } from "../domain/money.ts";
import type { Result } from "../domain/result.ts";
import { performanceOf } from "./performance.ts";

const NOTES_MAX = 3;
/** Fees that take less of what was gained need not be told. */
const FEES_TELLING_PCT = 20;
const SLIPPAGE_TELLING_BPS = 5;

export interface NotesWish {
  /** Equity that the period began with; undefined where it is not to be told. */
  readonly capital: Decimal | undefined;
  readonly currency: string;
  readonly day: (epochMs: number) => string;
}

/** The three things worth knowing of a period, the most telling first: how deep it fell, what costs took, and which days made it. */
export function notesOf(results: ReadonlyMap<number, Result>, { capital, currency, day }: NotesWish): readonly string[] {
  const lastMs = [...results.keys()].at(-1) ?? 0;
  const { result, drawdown } = performanceOf(results, { capital, since: undefined, nowMs: lastMs, day });
  const money = (value: Decimal) => `${value.isGreaterThan(0) ? "+" : ""}${shown(value, 2, true)} ${currency}`;
  const share = drawdown.share && !drawdown.share.isZero() ? ` (${shown(drawdown.share.times(100), 2, true)}% of its peak)` : "";
  const fell = drawdown.amount.isZero()
    ? "It never fell below an earlier peak."
    : `It fell ${shown(drawdown.amount, 2, true)} ${currency} below an earlier peak at most${share}.`;
  return [fell, feesNote(result, currency), slippageNote(result, currency), daysNote(results, day, money), closesNote(result)]
    .filter((note) => note !== undefined)
    .slice(0, NOTES_MAX);
}

function feesNote({ fees, gains }: Result, currency: string): string | undefined {
  const before = gains.plus(fees);
  if (fees.isZero() || before.isZero()) return undefined;
  const pct = fees.dividedBy(before).times(100);
  if (pct.isLessThan(FEES_TELLING_PCT)) return undefined;
  return `Fees of ${shown(fees, 2, true)} ${currency} are ${shown(pct, 0)}% of what winning closes and fees come to together.`;
}

function slippageNote({ slippage, decided }: Result, currency: string): string | undefined {
  if (decided.isZero()) return undefined;
  const bps = slippage.dividedBy(decided).times(10_000);
  if (bps.isLessThan(SLIPPAGE_TELLING_BPS)) return undefined;
  return `Fills were ${shown(bps, 1)} bps worse than what was decided at, which cost ${shown(slippage, 2, true)} ${currency}.`;
}

function daysNote(
  results: ReadonlyMap<number, Result>,
  day: (epochMs: number) => string,
  money: (value: Decimal) => string,
): string | undefined {
  const days = new Map<string, Decimal>();
  for (const [bucketMs, { realized }] of results) days.set(day(bucketMs), (days.get(day(bucketMs)) ?? ZERO).plus(realized));
  const ranked = [...days].sort(([, a], [, b]) => b.comparedTo(a) ?? 0);
  const [best, worst] = [ranked[0], ranked.at(-1)];
  if (!best || !worst) return undefined;
  if (ranked.length === 1) return `All of it was made on one day, ${best[0]}.`;
  return `The best day was ${best[0]} with ${money(best[1])}, the worst ${worst[0]} with ${money(worst[1])}.`;
}

function closesNote({ closes, wins }: Result): string | undefined {
  if (closes === 0) return "No position was closed.";
  return `${wins} of ${closes} closes won, ${shown(decimal(wins * 100).dividedBy(closes), 0)}%.`;
}
