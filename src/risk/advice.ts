import type { Advice, AdviceMode, AdviceUse, NoAdvice } from "../domain/advice.ts";
import { type Decimal, decimal, floorToStep } from "../domain/money.ts";
import { MINUTE_MS, spanText } from "../domain/time.ts";

/** Figures older than this in market time, or than a candle of the bot where that is longer, are about another market. */
export const ADVICE_AGE_MAX_MS = 15 * MINUTE_MS;
/** A service that is at least so sure that a symbol falls keeps a bot out of it. */
export const VETO_CONFIDENCE = 0.6;

export interface AdviceQuestion {
  readonly mode: AdviceMode;
  readonly given: Advice | NoAdvice;
  /** What the risk door allows. */
  readonly quantity: Decimal;
  readonly lotSize: Decimal;
  readonly nowMs: number;
  readonly wallMs: number;
  readonly candleMs: number;
}

/** What is left of an allowed entry, and why. */
export interface Weighed {
  /** Never more than was allowed; zero for a veto. */
  readonly quantity: Decimal;
  readonly use: AdviceUse;
}

/** Lets advice take away from an entry that the risk door allowed: never add to it, and never touch an exit, which does not come here. What is no sound, fresh advice leaves the entry as it is. */
export function weighAdvice(question: AdviceQuestion): Weighed {
  const { mode, given, quantity, lotSize } = question;
  const unsound = "none" in given ? given.none : problemOf(given, question);
  const kept = { quantity, use: { mode, quantityBefore: quantity } };
  if (unsound !== undefined || "none" in given) return { quantity, use: { ...kept.use, effect: "none", because: unsound ?? "none" } };
  const { validUntilMs: _validUntilMs, ...advice } = given;
  const says = `SHENRON says ${given.action} at a confidence of ${given.confidence.toFixed(2)}`;
  const use = { ...kept.use, advice };
  const share = shareOf(given);
  if (mode === "advise") return { quantity, use: { ...use, effect: "kept", because: `${says}; this bot only tells it` } };
  if (share >= 1) return { quantity, use: { ...use, effect: "kept", because: says } };
  const cut = share <= 0 ? decimal(0) : floorToStep(quantity.times(decimal(share.toFixed(4))), lotSize);
  if (cut.isGreaterThan(0) && cut.isLessThan(quantity))
    return { quantity: cut, use: { ...use, effect: "cut", because: `${says}: the entry is cut to ${Math.round(share * 100)}%` } };
  if (cut.isGreaterThan(0)) return { quantity, use: { ...use, effect: "kept", because: says } };
  return { quantity: decimal(0), use: { ...use, effect: "vetoed", because: `${says}: no entry` } };
}

/** The part of an entry that advice leaves, 0 to 1. A hold takes away at most half. */
function shareOf({ action, confidence }: Advice): number {
  if (action === "buy") return 1;
  if (action === "hold") return 1 - confidence / 2;
  return confidence >= VETO_CONFIDENCE ? 0 : 1 - confidence;
}

/** Why advice counts as none. Looked at here once more, whoever made it. */
function problemOf({ confidence, marketMs, validUntilMs }: Advice, { nowMs, wallMs, candleMs }: AdviceQuestion): string | undefined {
  if (!(confidence >= 0 && confidence <= 1)) return "its confidence is no number between 0 and 1";
  const ageMs = nowMs - marketMs;
  const ageMaxMs = Math.max(ADVICE_AGE_MAX_MS, candleMs);
  if (!(ageMs >= 0)) return "it is about a time that has not come";
  if (ageMs > ageMaxMs) return `it is ${spanText(ageMs)} old, and ${spanText(ageMaxMs)} is the most`;
  if (!(wallMs <= validUntilMs)) return "its own time is up";
  return undefined;
}
