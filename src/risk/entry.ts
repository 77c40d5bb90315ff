import type { Sizing } from "../domain/bot.ts";
import { brokenRule, type Instrument } from "../domain/instrument.ts";
import { affordable, type Decimal, decimal, min, percentOf, shown } from "../domain/money.ts";

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
  readonly limits: AccountLimits;
  readonly equity: Decimal | undefined;
  /** Cash less what working entries may still spend. */
  readonly cashFree: Decimal;
  readonly dayOpeningEquity: Decimal | undefined;
  /** Whether the daily-loss breaker tripped earlier today: it stays tripped, even when the loss is made good. */
  readonly tripped: boolean;
  readonly halted: string | undefined;
  /** Set when the slot is not the newest: after a gap only the newest may enter. */
  readonly late: boolean;
  /** What live trading may still put at risk on the whole desk, in quote; undefined where no ceiling applies. */
  readonly ceilingRoom?: Decimal | undefined;
}

export type EntryAnswer =
  | { readonly allowed: true; readonly quantity: Decimal; readonly arithmetic: string }
  | { readonly allowed: false; readonly code: DenialCode; readonly because: string };

export type DenialCode =
  | "halted"
  | "late-slot"
  | "no-price"
  | "daily-loss"
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
  | "stop";

/** Part of the free cash that an entry leaves alone, because it fills at the next price, not at the one it was sized on. */
export const CASH_RESERVE_PCT = 1;

/** Whether an entry may be made and how large. Sizes are cut to the position cap and to the free cash, never raised. */
export function checkEntry(question: EntryQuestion): EntryAnswer {
  const { instrument, price, sizing, limits, equity, cashFree, dayOpeningEquity } = question;
  if (question.halted !== undefined) return denied("halted", question.halted);
  if (question.late) return denied("late-slot", "the candle is not the newest one; after a gap only the newest may enter");
  if (equity === undefined) return denied("no-price", "a position of this account has no price, so its equity is unknown");
  if (question.tripped) return denied("daily-loss", "the daily-loss breaker tripped today; it clears when the next local day begins");
  const loss = dailyLoss(equity, dayOpeningEquity);
  if (loss?.isGreaterThanOrEqualTo(percentOf(dayOpeningEquity ?? equity, limits.dailyLossPct))) {
    return denied(
      "daily-loss",
      `the account lost ${shown(loss, 2)} ${instrument.quote} today; the limit is ${limits.dailyLossPct}% of ${shown(dayOpeningEquity ?? equity, 2)}`,
    );
  }
  const wished = sizing.kind === "notional" ? sizing.notional : percentOf(equity, sizing.pct);
  const cap = percentOf(equity, limits.positionCapPct);
  const room = question.ceilingRoom;
  if (room?.isLessThanOrEqualTo(0)) return denied("ceiling", "the desk holds as much at risk as its live ceiling allows");
  const spendable = cashFree.minus(percentOf(cashFree, CASH_RESERVE_PCT));
  const allowed = min(min(wished, cap), spendable);
  const notional = room ? min(allowed, room) : allowed;
  if (notional.isLessThanOrEqualTo(0))
    return denied("cash", `${shown(cashFree, 2)} ${instrument.quote} are free, which is not enough for an entry`);
  const quantity = affordable(notional, price, instrument.lotSize);
  const broken = brokenRule(instrument, quantity, price);
  if (broken && room?.isEqualTo(notional) && notional.isLessThan(allowed))
    return denied("ceiling", `what the live ceiling leaves is too little: ${broken}`);
  if (broken) return denied(notional.isLessThan(wished) ? "cash" : "market-rules", broken);
  const cut = notional.isEqualTo(wished)
    ? ""
    : notional.isEqualTo(cap)
      ? `, cut to the position cap of ${limits.positionCapPct}%`
      : notional.isEqualTo(allowed)
        ? ", cut to the free cash"
        : ", cut to what the live ceiling leaves";
  return {
    allowed: true,
    quantity,
    arithmetic: `${shown(wished, 2)} ${instrument.quote} wished${cut}, at ${shown(price, 8)} = ${shown(quantity, 8)} ${instrument.base}`,
  };
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
