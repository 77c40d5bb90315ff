import type { BreakerName, BreakerSetting } from "../domain/breaker.ts";
import type { LimitLevel } from "../domain/limits.ts";
import { HOUR_MS, MINUTE_MS } from "../domain/time.ts";

/** What holds where nobody has set anything, with the reason of each number. */
export interface BreakerDefault extends BreakerSetting {
  readonly level: LimitLevel;
  readonly why: string;
}

export type BreakerDefaults = { readonly [N in BreakerName]?: BreakerDefault };

/**
 * The breakers of a desk where nobody has set any. These numbers were written down before they were tried on any history, and are not fitted to one: an
 * evaluation reports what they do, it does not change them. The daily loss of an account is the process setting and stands beside them.
 */
export const BREAKER_DEFAULTS: BreakerDefaults = {
  drawdown: {
    ...{ level: "account", at: 20, reaction: "deny", span: 24 * HOUR_MS },
    why: "A fifth below the peak takes a gain of a quarter to make good; a day's pause is what a person needs to look, and with it the peak counts anew.",
  },
  losses: {
    ...{ level: "bot", at: 6, reaction: "deny", span: 12 * HOUR_MS },
    why: "A strategy that wins every other time loses six times in a row once in 64 tries: rare enough to mean that the market is another one than it was made for.",
  },
  slippage: {
    ...{ level: "bot", at: 100, reaction: "deny", span: 6 * HOUR_MS },
    why: "1% on the average of five fills is several times fees and spread of a liquid symbol: no edge of these strategies survives it.",
  },
  volatility: {
    ...{ level: "symbol", at: 12, reaction: "deny", span: 30 * MINUTE_MS },
    why: "A minute twelve times as wide as the last hour's minutes, and at least 1.5% wide, is news or an error; half an hour is how long its averages are of no use to a strategy on minutes.",
  },
  gap: {
    ...{ level: "symbol", at: 3, reaction: "deny", span: 30 * MINUTE_MS },
    why: "Prices that open 3% from where they closed a minute before were traded nowhere in between: stops there fill where they can.",
  },
  stale: {
    ...{ level: "symbol", at: 15, reaction: "deny", span: 15 * MINUTE_MS },
    why: "A quarter of an hour without a candle is an outage on symbols that trade each minute; for as long the first prices after it are not trusted.",
  },
  diverging: {
    ...{ level: "symbol", at: 2, reaction: "deny", span: 15 * MINUTE_MS },
    why: "The close of a candle and the price seen within five seconds of it are of one market: 2% apart, one of the two is wrong.",
  },
  spread: {
    ...{ level: "symbol", at: 100, reaction: "deny", span: 30 * MINUTE_MS },
    why: "1% between bid and ask is lost with each round trip before the market has moved.",
  },
  errors: {
    ...{ level: "account", at: 50, reaction: "deny", span: 2 * MINUTE_MS },
    why: "Half of the last requests of an exchange failed, at least five of them: an entry sent now may have to be looked for, and its stop may not come through. Two minutes, then a look whether it answers again.",
  },
  latency: {
    ...{ level: "account", at: 5_000, reaction: "deny", span: 2 * MINUTE_MS },
    why: "Five seconds are what a real position may be without its stop, and an entry may wait to be sent: when half of the answers take that long, neither can be kept.",
  },
  rejects: {
    ...{ level: "account", at: 5, reaction: "deny", span: 15 * MINUTE_MS },
    why: "Five refused entries within ten minutes are something that nobody has understood; after a quarter of an hour one entry is let through to see.",
  },
  store: {
    ...{ level: "account", at: 2_000, reaction: "deny", span: 2 * MINUTE_MS },
    why: "Three of five writings that take two seconds mean that decisions are old before they may be sent: entries are dropped five seconds after their decision.",
  },
};

/** What holds where a process wants no breakers but the two that always were: the account's daily loss and refused orders. */
export const FEWEST_BREAKERS: BreakerDefaults = { rejects: { level: "account", at: 5, reaction: "deny", span: 15 * MINUTE_MS, why: "" } };

/** The longest that a breaker stays open which is tried again and again. */
export const PROBED_SPAN_MAX_MS = HOUR_MS;
/** A minute narrower than this is no spike, however calm the hour before it was. In percent of the price. */
export const SPIKE_LEAST_PCT = 1.5;
/** A real loss of so much of the equity, in percent, is not reset by one person at once. */
export const APPROVAL_PCT = 5;
/** One person alone may reset it after this time, by typing what it takes. */
export const COOL_OFF_MS = 30 * MINUTE_MS;
/** What was asked longer ago is asked again. */
export const RESET_ASKED_MAX_MS = 24 * HOUR_MS;
