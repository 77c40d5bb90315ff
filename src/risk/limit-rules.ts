import type { LimitLevel, LimitMoney, LimitName, Limits, LimitValues, RiskScope } from "../domain/limits.ts";
import { type Decimal, decimal, shown } from "../domain/money.ts";
import type { Counter } from "./counter.ts";
import { inSession, minutesOf, moneyText, spanText, timeText } from "./limit-words.ts";

/** What one level has used of its limits. Getters may do the counting, so that only what is limited is counted. */
export interface LevelFacts {
  /** What the exposure is counted in. */
  readonly currency: string;
  /** Undefined while it is in several currencies and a price between them is missing. */
  readonly exposure: Decimal | undefined;
  readonly positions: number;
  readonly orders: number;
  readonly entries: number;
  /** Lost since the local day began, as a positive number in percent of the equity; undefined while that is unknown. */
  readonly dailyLossPct: number | undefined;
  readonly drawdownPct: number | undefined;
  readonly losses: number;
  /** Whether the last of them was on this day of the books: a streak denies for the rest of it. */
  readonly lostToday: boolean;
  readonly sinceLossMs: number | undefined;
}

/** Limits in force at one level. */
export interface Level {
  readonly scope: RiskScope;
  /** As in "the position limit of bot dip". */
  readonly name: string;
  readonly limits: Limits;
  readonly facts: LevelFacts;
}

/** What an entry is, beside its size. */
export interface EntryFacts {
  readonly symbol: string;
  readonly quote: string;
  readonly leverage: number;
  /** Whether it adds to a position, which opens none. */
  readonly adds?: boolean;
  /** Local minute of the day in the desk's time zone. */
  readonly minuteOfDay: number;
  /** Undefined where nobody says it. */
  readonly spreadBps: number | undefined;
  /** In quote, of the last closed candle. */
  readonly volume: Decimal | undefined;
  /** Counts what is in other currencies than the quote. */
  readonly counter: Counter;
}

/** Why a limit denies. A daily loss of an account ends its day; one of a bot or of the desk denies as long as it lasts. */
export type LimitCode =
  | "conversion"
  | "symbol-denied"
  | "session"
  | "spread"
  | "volume"
  | "leverage"
  | "daily-loss"
  | "loss"
  | "drawdown"
  | "losses"
  | "cool-down"
  | "entries"
  | "orders"
  | "positions"
  | "position"
  | "exposure";

/** How one limit is judged: a denial, what it leaves of a size, or nothing. */
export interface LimitRule<N extends LimitName> {
  readonly levels: readonly LimitLevel[];
  readonly code: LimitCode;
  /** The code at levels that are no account, where it is another one. */
  readonly codeElsewhere?: LimitCode;
  /** As people read it, and how much of it is used, where that can be said. */
  readonly title: string;
  text(limit: LimitValues[N]): string;
  used(limit: LimitValues[N], level: Level, entry: EntryFacts): string | undefined;
  /** Whether a value allows more than another one. */
  looser(value: LimitValues[N], than: LimitValues[N]): boolean;
  denies?(limit: LimitValues[N], level: Level, entry: EntryFacts): string | undefined;
  /** In quote; undefined while a price between currencies is missing. */
  room?(limit: LimitValues[N], level: Level, entry: EntryFacts): Decimal | undefined;
}

const EVERYWHERE = ["bot", "symbol", "account", "fleet"] as const;
const ABOVE_BOTS = ["symbol", "account", "fleet"] as const;
const RESULTS = ["bot", "account"] as const;
const larger = (value: number, than: number) => value > than;
const largerMoney = (value: LimitMoney, than: LimitMoney) => value.currency !== than.currency || value.value.isGreaterThan(than.value);
const pctText = (pct: number) => `${shown(decimal(pct), 2)}%`;
const countText = (limit: number) => String(limit);

/** Every limit that there is, in the order in which denials are told. */
export const LIMIT_RULES: { readonly [N in keyof LimitValues]: LimitRule<N> } = {
  deny: {
    levels: ["account", "fleet"],
    code: "symbol-denied",
    title: "Symbols denied",
    text: (deny) => deny.join(", "),
    used: () => undefined,
    looser: (value, than) => than.some((symbol) => !value.includes(symbol)),
    denies: (deny, _level, { symbol }) => (deny.includes(symbol) ? `${symbol} is on the list of denied symbols` : undefined),
  },
  allow: {
    levels: ["account", "fleet"],
    code: "symbol-denied",
    title: "Symbols allowed",
    text: (allow) => allow.join(", "),
    used: () => undefined,
    looser: (value, than) => value.some((symbol) => !than.includes(symbol)),
    denies: (allow, _level, { symbol }) => (allow.includes(symbol) ? undefined : `${symbol} is not one of ${allow.join(", ")}`),
  },
  session: {
    levels: EVERYWHERE,
    code: "session",
    title: "Session",
    text: ({ from, to }) => `${from}-${to}`,
    used: (_limit, _level, { minuteOfDay }) => `now ${timeText(minuteOfDay)}`,
    looser: (value, than) => minutesOf(value).some((minute) => !inSession(than, minute)),
    denies: (session, _level, { minuteOfDay }) =>
      inSession(session, minuteOfDay) ? undefined : `it is ${timeText(minuteOfDay)}, outside of ${session.from}-${session.to}`,
  },
  leverage: {
    levels: EVERYWHERE,
    code: "leverage",
    title: "Leverage",
    text: countText,
    used: () => undefined,
    looser: larger,
    denies: (most, _level, { leverage }) =>
      leverage > most ? `the bot has a leverage of ${leverage}, and ${most} is the most` : undefined,
  },
  spreadBps: {
    levels: EVERYWHERE,
    code: "spread",
    title: "Spread",
    text: (bps) => `${bps} bps`,
    used: (_limit, _level, { spreadBps }) => (spreadBps === undefined ? "unknown" : `${spreadBps} bps`),
    looser: larger,
    denies: (most, _level, { spreadBps, symbol }) =>
      spreadBps === undefined
        ? `the spread of ${symbol} is not known, and ${most} bps is the most`
        : spreadBps > most
          ? `the spread of ${symbol} is ${spreadBps} bps, and ${most} bps is the most`
          : undefined,
  },
  volume: {
    levels: EVERYWHERE,
    code: "volume",
    title: "Volume of a candle",
    text: (least) => `at least ${moneyText(least)}`,
    used: (_limit, _level, { volume, quote }) => (volume ? `${shown(volume, 2)} ${quote}` : "unknown"),
    looser: (value, than) => value.currency !== than.currency || value.value.isLessThan(than.value),
    denies: (least, _level, { volume, symbol, quote, counter }) =>
      volume === undefined
        ? `how much of ${symbol} is traded is not known, and ${moneyText(least)} a candle is the least`
        : (counter.convert(volume, quote, least.currency)?.isLessThan(least.value) ?? true)
          ? `${shown(volume, 2)} ${quote} of ${symbol} were traded in the last candle, and ${moneyText(least)} is the least`
          : undefined,
  },
  dailyLossPct: {
    levels: ["bot", "account", "fleet"],
    code: "daily-loss",
    codeElsewhere: "loss",
    title: "Daily loss",
    text: pctText,
    used: (_limit, { facts }) => (facts.dailyLossPct === undefined ? "unknown" : pctText(facts.dailyLossPct)),
    looser: larger,
    denies: (most, { facts }) => beyond(facts.dailyLossPct, most, "lost today"),
  },
  drawdownPct: {
    levels: RESULTS,
    code: "drawdown",
    title: "Drawdown",
    text: pctText,
    used: (_limit, { facts }) => (facts.drawdownPct === undefined ? "unknown" : pctText(facts.drawdownPct)),
    looser: larger,
    denies: (most, { facts }) => beyond(facts.drawdownPct, most, "below the highest result"),
  },
  losses: {
    levels: RESULTS,
    code: "losses",
    title: "Losses in a row",
    text: countText,
    used: (_limit, { facts }) => String(facts.losses),
    looser: larger,
    denies: (most, { facts }) =>
      facts.lostToday && facts.losses >= most
        ? `${facts.losses} positions in a row lost, and ${most} end the entries of a local day`
        : undefined,
  },
  coolDownMs: {
    levels: RESULTS,
    code: "cool-down",
    title: "Cool-down after a loss",
    text: spanText,
    used: (limit, { facts }) =>
      facts.sinceLossMs === undefined || facts.sinceLossMs >= limit ? "none" : `${spanText(limit - facts.sinceLossMs)} to go`,
    looser: (value, than) => value < than,
    denies: (limit, { facts }) =>
      facts.sinceLossMs !== undefined && facts.sinceLossMs < limit
        ? `the last loss is ${spanText(facts.sinceLossMs)} ago, and entries wait ${spanText(limit)} after one`
        : undefined,
  },
  entries: {
    levels: EVERYWHERE,
    code: "entries",
    title: "Entries a day",
    text: countText,
    used: (_limit, { facts }) => String(facts.entries),
    looser: larger,
    denies: (most, { facts }) => (facts.entries >= most ? `${facts.entries} of ${most} entries of this day are made` : undefined),
  },
  orders: {
    levels: EVERYWHERE,
    code: "orders",
    title: "Orders a minute",
    text: countText,
    used: (_limit, { facts }) => String(facts.orders),
    looser: larger,
    denies: (most, { facts }) => (facts.orders >= most ? `${facts.orders} of ${most} orders of the last minute are made` : undefined),
  },
  positions: {
    levels: ABOVE_BOTS,
    code: "positions",
    title: "Open positions",
    text: countText,
    used: (_limit, { facts }) => String(facts.positions),
    looser: larger,
    denies: (most, { facts }, { adds }) =>
      facts.positions >= most && adds !== true ? `${facts.positions} of ${most} positions are open or being opened` : undefined,
  },
  position: {
    levels: EVERYWHERE,
    code: "position",
    title: "One position",
    text: moneyText,
    used: () => undefined,
    looser: largerMoney,
    room: ({ value, currency }, _level, { quote, counter }) => counter.convert(value, currency, quote),
  },
  exposure: {
    levels: ABOVE_BOTS,
    code: "exposure",
    title: "Exposure",
    text: moneyText,
    used: (_limit, { facts }) => exposureText(facts),
    looser: largerMoney,
    room: ({ value, currency }, { facts }, { quote, counter }) => {
      const most = counter.convert(value, currency, facts.currency);
      return most && facts.exposure && counter.convert(most.minus(facts.exposure), facts.currency, quote);
    },
  },
};

/** How much is held, in the currency of the level; unknown where a price is missing. */
export function exposureText({ exposure, currency }: LevelFacts): string {
  return exposure ? `${shown(exposure, 2)} ${currency}` : "unknown";
}

function beyond(pct: number | undefined, most: number, words: string): string | undefined {
  if (pct === undefined) return `how much is ${words} is not known, because a price is missing`;
  return pct >= most ? `${pctText(pct)} are ${words}, and ${pctText(most)} is the limit` : undefined;
}
