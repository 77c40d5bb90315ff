import type { SizeCap, Sizing } from "../domain/bot.ts";
import type { Conversion } from "../domain/conversion.ts";
import { brokenRule, type Instrument, smallestOrder } from "../domain/instrument.ts";
import { affordable, type Decimal, decimal, percentOf, shown, ZERO } from "../domain/money.ts";
import { type Counter, conversionsText } from "./counter.ts";
import type { EntryFacts, Level, LimitCode } from "./limit-rules.ts";
import { limitDenial, limitRooms } from "./limits.ts";
import { capOf, type Sized, wishedSize } from "./sizing.ts";

/** Limits that hold over all bots of one account, as percentages of its equity. */
export interface AccountLimits {
  /** Largest loss since the local day began before entries are denied until the next day. */
  readonly dailyLossPct: number;
  /** Largest notional of one position. */
  readonly positionCapPct: number;
}

/** What the risk door sees: values, no services. Money in the account's currency. */
export interface EntryQuestion {
  readonly instrument: Instrument;
  readonly price: Decimal;
  readonly sizing: Sizing;
  /** The bot's own cap. */
  readonly sizeMax?: SizeCap | undefined;
  /** From the entry price to the nearest stop, and the average true range, in percent: what sizes by risk and volatility are made of. */
  readonly stopPct?: number | undefined;
  readonly atrPct?: number | undefined;
  readonly limits: AccountLimits;
  readonly equity: Decimal | undefined;
  /** Cash less what working entries may still spend. */
  readonly cashFree: Decimal;
  readonly dayOpeningEquity: Decimal | undefined;
  /** Why an open breaker keeps it out: it does so until it is closed, even when what opened it is no longer the case. */
  readonly broken?: Broken | undefined;
  readonly halted: string | undefined;
  /** Why somebody keeps this bot from entering. */
  readonly locked?: string | undefined;
  /** Limits that concern it, with what is used of each, and what they look at. */
  readonly limited?: { readonly levels: readonly Level[]; readonly entry: EntryFacts } | undefined;
  /** Set when the slot is not the newest: after a gap only the newest may enter. */
  readonly late: boolean;
  /** Set where the position is built of several entries: the size is that of the whole, and this entry a share of it. */
  readonly building?: Building | undefined;
  /** What is held already, at the higher of cost and worth. */
  readonly held?: Decimal | undefined;
  /** What live trading may still put at risk on the whole desk, in quote; undefined where no ceiling applies. */
  readonly ceilingRoom?: Decimal | undefined;
  /** What has counted money of other currencies for this question. Where it could not, the entry is denied. */
  readonly counter?: Counter | undefined;
}

/** What an entry is of a position that is built of several. */
export interface Building {
  /** Above zero, and one at most. */
  readonly share: Decimal;
  /** What the whole was sized to when it was begun; undefined where this is its first entry. */
  readonly whole: Decimal | undefined;
}

/** An open breaker that concerns an entry. */
export interface Broken {
  readonly code: "daily-loss" | "breaker" | "halted" | "conversion";
  readonly because: string;
}

export type EntryAnswer =
  | {
      readonly allowed: true;
      readonly quantity: Decimal;
      readonly arithmetic: string;
      /** With the first entry of a position that is built of several: what its whole was sized to, in quote. */
      readonly whole?: Decimal;
      readonly conversions?: readonly Conversion[];
    }
  | {
      readonly allowed: false;
      readonly code: DenialCode;
      readonly because: string;
      /** Where only the size is too small for the market: one that is not, in quote. */
      readonly sizeMin?: Decimal;
      readonly conversions?: readonly Conversion[];
    };

export type DenialCode =
  | "halted"
  | "late-slot"
  | "no-price"
  | "daily-loss"
  | "breaker"
  | "cash"
  | "market-rules"
  | "ceiling"
  | "paused"
  | "stale-price"
  | "unanswered"
  | "naked"
  | "symbol-taken"
  | "exit-infeasible"
  | "leverage"
  | "stop"
  | "sizing"
  | "locked"
  | "advice"
  | LimitCode;

/** What a size may not exceed: it is cut to the least of these. */
export interface Bound {
  readonly amount: Decimal;
  /** What it is cut to, as in "cut to the free cash". */
  readonly name: string;
  /** Said when nothing is left, or too little for the market. */
  readonly code: DenialCode;
  readonly none: string;
  readonly little?: (broken: string) => string;
}

/** Part of the free cash that an entry leaves alone, because it fills at the next price, not at the one it was sized on. */
export const CASH_RESERVE_PCT = 1;

/** Whether an entry may be made and how large. Sizes are cut to the position cap and to the free cash, never raised. */
export function checkEntry(question: EntryQuestion): EntryAnswer {
  const answer = answerOf(question);
  const used = question.counter?.used ?? [];
  if (used.length === 0) return answer;
  const by = conversionsText(used);
  if (answer.allowed) return { ...answer, arithmetic: `${answer.arithmetic}; ${by}`, conversions: used };
  return { ...answer, because: answer.because.includes(by) ? answer.because : `${answer.because}; ${by}`, conversions: used };
}

function answerOf(question: EntryQuestion): EntryAnswer {
  const { instrument, price, sizing, limits, equity, dayOpeningEquity } = question;
  if (question.halted !== undefined) return denied("halted", question.halted);
  if (question.locked !== undefined) return denied("locked", question.locked);
  if (question.late) return denied("late-slot", "the candle is not the newest one; after a gap only the newest may enter");
  if (equity === undefined) return denied("no-price", "a position of this account has no price, so its equity is unknown");
  if (question.broken) return denied(question.broken.code, question.broken.because);
  if (question.counter?.missing !== undefined) return denied("conversion", question.counter.missing);
  const loss = dailyLoss(equity, dayOpeningEquity);
  if (loss?.isGreaterThanOrEqualTo(percentOf(dayOpeningEquity ?? equity, limits.dailyLossPct))) {
    return denied(
      "daily-loss",
      `the account lost ${shown(loss, 2)} ${instrument.quote} today; the limit is ${limits.dailyLossPct}% of ${shown(dayOpeningEquity ?? equity, 2)}`,
    );
  }
  const limit = question.limited && limitDenial(question.limited.levels, question.limited.entry);
  if (limit) return denied(limit.code, limit.because);
  const { quote, takerFeeBps } = instrument;
  const { building } = question;
  const sized = building?.whole
    ? added(building.whole, building.share, quote)
    : wishedSize({ sizing, equity, quote, takerFeeBps, stopPct: question.stopPct, atrPct: question.atrPct });
  if ("refused" in sized) return denied("sizing", sized.refused);
  const bounds = boundsOf(question, equity);
  const used = bounds.findLast(({ amount }) => amount.isLessThanOrEqualTo(0));
  if (used) return denied(used.code, used.none);
  const wished = sized.notional;
  const bound = bounds.reduce<Bound | undefined>(
    (least, each) => (each.amount.isLessThan(least?.amount ?? wished) ? each : least),
    undefined,
  );
  const whole = bound?.amount ?? wished;
  const begins = building !== undefined && building.whole === undefined;
  const notional = begins ? whole.times(building.share) : whole;
  const quantity = affordable(notional, price, instrument.lotSize);
  const broken = brokenRule(instrument, quantity, price);
  if (broken) {
    const smallest = smallestOrder(instrument, price, begins ? building.share : undefined);
    const isSmall = bound === undefined && !building?.whole && quantity.isLessThan(smallest.quantity);
    const sizeMin = isSmall && bounds.every(({ amount }) => amount.isGreaterThanOrEqualTo(smallest.amount)) ? smallest.amount : undefined;
    return { ...denied(bound?.code ?? "market-rules", bound?.little?.(broken) ?? broken), ...(sizeMin && { sizeMin }) };
  }
  const cut = bound ? `, cut to ${bound.name}` : "";
  const part = begins ? ` for the whole, ${shareText(building.share)} of it first = ${shown(notional, 2)} ${quote}` : "";
  const arithmetic = `${sized.arithmetic}${cut}${part}, at ${shown(price, 8)} = ${shown(quantity, 8)} ${instrument.base}`;
  return { allowed: true, quantity, arithmetic, ...(begins ? { whole } : {}) };
}

/** What is added to a position follows from what its whole was sized to, whatever became of the equity since. */
function added(whole: Decimal, share: Decimal, quote: string): Sized {
  const notional = whole.times(share);
  return { notional, arithmetic: `${shareText(share)} of the whole of ${shown(whole, 2)} = ${shown(notional, 2)} ${quote} wished` };
}

/** A share as people read it: `12.5%`. */
export function shareText(share: Decimal): string {
  return `${shown(share.times(100), 2)}%`;
}

/** Everything that cuts a size, what is said first where two are equal first. */
function boundsOf(question: EntryQuestion, equity: Decimal): Bound[] {
  const { instrument, limits, cashFree, ceilingRoom, sizeMax, limited, held = ZERO } = question;
  const { quote } = instrument;
  const beside = (amount: Decimal) => amount.minus(held);
  const poor = `${shown(cashFree, 2)} ${quote} are free, which is not enough for an entry`;
  const bounds: Bound[] = [
    {
      amount: beside(percentOf(equity, limits.positionCapPct)),
      name: `the position cap of ${limits.positionCapPct}%`,
      code: "cash",
      none: held.isZero() ? poor : `the position is as large as the cap of ${limits.positionCapPct}% allows`,
    },
    { amount: cashFree.minus(percentOf(cashFree, CASH_RESERVE_PCT)), name: "the free cash", code: "cash", none: poor },
  ];
  if (sizeMax) {
    const amount = beside(capOf(sizeMax, equity));
    const little = (broken: string) => `the bot's own maximum is too little: ${broken}`;
    bounds.unshift({
      amount,
      name: "the bot's own maximum",
      code: "market-rules",
      none: little(held.isZero() ? "it is zero" : "it is held already"),
      little,
    });
  }
  if (ceilingRoom)
    bounds.push({
      amount: ceilingRoom,
      name: "what the live ceiling leaves",
      code: "ceiling",
      none: "the desk holds as much at risk as its live ceiling allows",
      little: (broken) => `what the live ceiling leaves is too little: ${broken}`,
    });
  for (const { code, amount, name, none } of limited ? limitRooms(limited.levels, limited.entry, held) : [])
    bounds.push({ amount, name, code, none, little: (broken) => `${name} leaves too little: ${broken}` });
  return bounds;
}

/** What was lost since the day began, as a positive number; undefined when nothing was. */
export function dailyLoss(equity: Decimal, dayOpeningEquity: Decimal | undefined): Decimal | undefined {
  if (!dayOpeningEquity || equity.isGreaterThanOrEqualTo(dayOpeningEquity)) return undefined;
  return dayOpeningEquity.minus(equity);
}

function denied(code: DenialCode, because: string): EntryAnswer {
  return { allowed: false, code, because };
}

/** A percentage for protective levels: above zero and, for stops, below one hundred. Undefined when it is fine, else the sentence. */
export function protectionProblem(name: string, pct: number | undefined): string | undefined {
  if (pct === undefined) return undefined;
  const largest = name === "stop" || name === "trailing" ? 90 : 1_000;
  if (pct >= 0.1 && pct <= largest) return undefined;
  return `${name} must be between 0.1% and ${largest}%, found ${decimal(pct).toFixed()}%`;
}
