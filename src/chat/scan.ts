import { foldMinutes } from "../domain/candle.ts";
import { messageOf, TransientError, UserError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import { MINUTE_MS, SECOND_MS } from "../domain/time.ts";
import { type Timeframe, timeframeMs } from "../domain/timeframe.ts";
import type { Clock } from "../ports/clock.ts";
import { type MarketPlace, type MarketReader, READING_MINUTES_MAX } from "../ports/market-reader.ts";
import type { Rule } from "../rules/plan.ts";
import { type RuleTrial, tried } from "./rule-card.ts";
import { historyMs } from "./rule-history.ts";

/** Symbols that one scan looks at. */
export const SCAN_SYMBOLS_MAX = 60;
/** Minutes of candles that one scan reads in all: at an exchange some 200 requests, from the budget that trading shares. */
const SCAN_MINUTES_MAX = 200_000;
/** A scan that takes longer ends with what it has. */
export const SCAN_MS_MAX = 90 * SECOND_MS;
const MINUTE_READINGS_LEAST = 60;

export interface ScanWish {
  readonly rule: Rule;
  readonly timeframe: Timeframe;
  readonly quote: string | undefined;
}

export interface Scanned {
  readonly symbol: string;
  readonly trial: RuleTrial;
  readonly close: number;
}

export interface ScanResult {
  readonly matches: readonly Scanned[];
  readonly judged: number;
  /** Symbols that could not be judged, with why. */
  readonly missing: readonly { readonly symbol: string; readonly why: string }[];
  /** Symbols that were not looked at. */
  readonly left: number;
  readonly isLate: boolean;
}

/** What a scan will read. Throws UserError where the rule needs more candles than a reading gives, or nothing is priced like that. */
export function scanPlan({ rule, timeframe, quote }: ScanWish, { instruments, label }: MarketPlace) {
  const minutes = Math.max(MINUTE_READINGS_LEAST, Math.ceil(historyMs(rule, timeframeMs(timeframe), 1) / MINUTE_MS));
  if (minutes > READING_MINUTES_MAX) {
    throw new UserError(
      `timeframe: ${rule.text} needs ${minutes.toLocaleString("en-US")} minutes of candles of ${timeframe}, and ${READING_MINUTES_MAX.toLocaleString("en-US")} are the most that is read; take a shorter timeframe or shorter periods.`,
    );
  }
  const wanted = quote ?? mostCommonQuote(instruments);
  const symbols = [...instruments.values()].flatMap((each) => (each.quote === wanted ? [each.symbol] : [])).sort();
  if (symbols.length === 0)
    throw new UserError(`quote: nothing is priced in ${wanted} on the ${label}. \`market pairs\` shows what there is.`);
  const most = Math.max(1, Math.min(SCAN_SYMBOLS_MAX, Math.floor(SCAN_MINUTES_MAX / minutes)));
  return { minutes, quote: wanted, symbols: symbols.slice(0, most), left: Math.max(0, symbols.length - most) };
}

/** Asks one symbol after the other. A symbol that cannot be read is named and the others go on. */
export async function scan(
  { rule, timeframe }: ScanWish,
  place: MarketPlace,
  { minutes, symbols, left }: ReturnType<typeof scanPlan>,
  { reader, clock, onProgress }: { readonly reader: MarketReader; readonly clock: Clock; readonly onProgress: (done: number) => void },
): Promise<ScanResult> {
  const endMs = clock.monotonicMs() + SCAN_MS_MAX;
  const matches: Scanned[] = [];
  const missing: { symbol: string; why: string }[] = [];
  let judged = 0;
  for (const [index, symbol] of symbols.entries()) {
    if (clock.monotonicMs() >= endMs) return { matches, judged, missing, left: left + symbols.length - index, isLate: true };
    onProgress(index);
    try {
      const candles = foldMinutes(await reader.candles(place.key, symbol, minutes), timeframe);
      const trial = tried(rule, candles, 1);
      if (trial.judged === 0) missing.push({ symbol, why: `${candles.length} closed candles, and the rule needs ${rule.warmup}` });
      else judged += 1;
      if (trial.trueOn > 0) matches.push({ symbol, trial, close: candles.at(-1)!.close });
    } catch (failure) {
      if (!(failure instanceof TransientError) && !(failure instanceof UserError)) throw failure;
      missing.push({ symbol, why: messageOf(failure) });
    }
    await clock.breathe();
  }
  return { matches, judged, missing, left, isLate: false };
}

/** What most symbols are priced in; of equals the first by name. */
function mostCommonQuote(instruments: ReadonlyMap<string, Instrument>): string {
  const counts = Map.groupBy(instruments.values(), ({ quote }) => quote);
  const [most] = [...counts].toSorted(([one, of], [other, others]) => others.length - of.length || (one < other ? -1 : 1));
  return most?.[0] ?? "USDT";
}
