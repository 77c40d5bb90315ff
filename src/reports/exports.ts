import type { BotSpec } from "../domain/bot.ts";
import type { AccountEvent } from "../domain/events.ts";
import { type Decimal, plain } from "../domain/money.ts";
import type { Result } from "../domain/result.ts";
import { quoteOf } from "./result-groups.ts";

/** What can be handed over as a file. */
export const EXPORTS = ["fills", "daily"] as const;

export type FillEvent = Extract<AccountEvent, { type: "order-filled" }>;

/** A bot whose rows these are. */
export interface ExportedBot {
  readonly spec: BotSpec;
  /** Empty where the reader may see the bot and not its account. */
  readonly account: string;
}

type Columns<T> = Readonly<Record<string, (of: T) => string>>;

interface BotFill extends ExportedBot {
  readonly event: FillEvent;
}

interface BotDay extends ExportedBot {
  readonly day: string;
  readonly result: Result;
}

const FILL_COLUMNS: Columns<BotFill> = {
  time_utc: ({ event }) => new Date(event.fill.marketMs).toISOString(),
  bot: ({ spec }) => spec.name,
  mode: ({ spec }) => spec.mode,
  account: ({ account }) => account,
  symbol: ({ event }) => event.fill.symbol,
  side: ({ event }) => event.fill.side,
  quantity: ({ event }) => plain(event.fill.quantity),
  price: ({ event }) => plain(event.fill.price),
  value: ({ event }) => plain(event.fill.price.times(event.fill.quantity)),
  fee: ({ event }) => plain(event.fill.fee),
  fee_currency: ({ event }) => event.fill.feeCurrency,
  liquidity: ({ event }) => event.fill.liquidity,
  realized: ({ event }) => digits(event.after.realized),
  result: ({ event }) => digits(event.after.result ?? event.after.realized),
  currency: ({ event }) => quoteOf(event.fill.symbol),
  purpose: ({ event }) => event.purpose,
  reason: ({ event }) => event.reason,
  order: ({ event }) => event.fill.clientOrderId,
  fill: ({ event }) => event.fill.fillId,
};

const DAY_COLUMNS: Columns<BotDay> = {
  day: ({ day }) => day,
  bot: ({ spec }) => spec.name,
  mode: ({ spec }) => spec.mode,
  account: ({ account }) => account,
  symbol: ({ spec }) => spec.symbol,
  currency: ({ spec }) => quoteOf(spec.symbol),
  realized: ({ result }) => plain(result.realized),
  fees: ({ result }) => plain(result.fees),
  maker_fees: ({ result }) => plain(result.makerFees),
  other_fees: ({ result }) => [...result.otherFees].map(([coin, fee]) => `${plain(fee)} ${coin}`).join(" + "),
  slippage: ({ result }) => plain(result.slippage),
  fills: ({ result }) => String(result.fills),
  closes: ({ result }) => String(result.closes),
  wins: ({ result }) => String(result.wins),
};

/** A line for each fill, in the order given. */
export function fillTable(fills: readonly BotFill[]) {
  return tableOf(FILL_COLUMNS, fills);
}

/** A line for each bot and day, in the order given. */
export function dailyTable(days: readonly BotDay[]) {
  return tableOf(DAY_COLUMNS, days);
}

function tableOf<T>(columns: Columns<T>, of: readonly T[]) {
  const cells = Object.values(columns);
  return { columns: Object.keys(columns), rows: of.map((each) => cells.map((cell) => cell(each))) };
}

function digits(value: Decimal | undefined): string {
  return value === undefined ? "" : plain(value);
}
