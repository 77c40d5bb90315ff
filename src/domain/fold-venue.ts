import type { AccountState, BotState } from "./books.ts";
import { trimDust } from "./dust.ts";
import type { AccountEvent } from "./events.ts";
import { botOf } from "./fold-bots.ts";
import { followPosition } from "./fold-orders.ts";
import { countResult } from "./fold-risk.ts";
import { type Decimal, ZERO } from "./money.ts";
import { isPerpetual, reducePosition } from "./position.ts";
import { withQuarantined } from "./quarantine.ts";
import { bucketOf } from "./result.ts";
import type { MarketMs } from "./time.ts";

/** Balance changes that are remembered, so that none is booked twice: more than one reading of a ledger tells. */
export const FOREIGN_IDS_MAX = 5_000;
const ORPHANS_MAX = 200;

export type VenueFact = Extract<
  AccountEvent,
  {
    type:
      | "key-set"
      | "key-rewrapped"
      | "account-paused"
      | "account-resumed"
      | "account-removed"
      | "leverage-limited"
      | "fills-synced"
      | "dust-moved"
      | "foreign-booked"
      | "claim-reduced"
      | "orphan-found"
      | "orphan-settled"
      | "quarantine-filled";
  }
>;

/** Folds what only accounts at an exchange know. */
export function applyVenueFact(state: AccountState, event: VenueFact, at: MarketMs): void {
  const { venue } = state;
  switch (event.type) {
    case "key-set":
      venue.key = { sealed: event.sealed, enteredBy: event.enteredBy, rights: event.rights, acknowledged: event.acknowledged };
      venue.removed = false;
      return;
    case "key-rewrapped":
      if (venue.key) venue.key = { ...venue.key, sealed: event.sealed };
      return;
    case "account-paused":
      venue.paused = { code: event.code, reason: event.reason, untilMs: event.untilMs };
      return;
    case "account-resumed":
      venue.paused = undefined;
      return;
    case "account-removed":
      venue.key = undefined;
      venue.removed = true;
      return;
    case "leverage-limited":
      venue.leverageLimit = event.leverage;
      return;
    case "fills-synced":
      venue.cursors.set(event.symbol, event.cursor);
      return;
    case "foreign-booked":
      add(state.balances, event.coin, event.quantity);
      trimDust(state, event.coin);
      if (event.coin === state.currency) shiftDay(state, event.quantity);
      if (event.funding) addFunding(venue.funding, event.funding, event.quantity);
      venue.foreignIds.push(event.entryId);
      if (venue.foreignIds.length > FOREIGN_IDS_MAX) venue.foreignIds.shift();
      return;
    case "dust-moved":
      add(venue.dust, event.coin, event.quantity);
      if (event.quantity.isNegative()) return takeDust(state, event.botId, event.quantity.negated());
      leaveBot(state, event, undefined, at);
      return trimDust(state, event.coin);
    case "claim-reduced":
      if (event.price) shiftDay(state, paidFor(botOf(state, event.botId), event.quantity, event.price).negated());
      return leaveBot(state, event, event.price, at);
    case "orphan-found":
      venue.orphans.set(orphanKey(event.orphan.symbol, event.orphan.venueOrderId), event.orphan);
      if (venue.orphans.size > ORPHANS_MAX) venue.orphans.delete(venue.orphans.keys().next().value ?? "");
      return;
    case "quarantine-filled": {
      const { symbol } = event.fill;
      venue.quarantine.set(symbol, withQuarantined(venue.quarantine.get(symbol), event.fill));
      return;
    }
    case "orphan-settled":
      venue.orphans.delete(orphanKey(event.symbol, event.venueOrderId));
  }
}

function addFunding(sums: AccountState["venue"]["funding"], { symbol, atMs }: { symbol: string; atMs: number }, quantity: Decimal): void {
  const buckets = sums.get(symbol) ?? new Map<number, Decimal>();
  sums.set(symbol, buckets);
  const bucket = bucketOf(atMs);
  buckets.set(bucket, (buckets.get(bucket) ?? ZERO).plus(quantity));
}

/** Order ids of venues are unique per symbol only. */
export function orphanKey(symbol: string, venueOrderId: string): string {
  return `${symbol} ${venueOrderId}`;
}

/** Coins leave a bot's claim without an order of ours: the account's balance is booked elsewhere. */
function leaveBot(
  state: AccountState,
  { botId, quantity }: { readonly botId: string; readonly quantity: Decimal },
  price: Decimal | undefined,
  at: MarketMs,
): void {
  const bot = botOf(state, botId);
  const before = bot.position;
  bot.position = reducePosition(before, quantity, price);
  bot.baseEntries = bot.baseEntries.minus(quantity);
  countResult(state, bot, before);
  followPosition(state, bot, at);
}

/** What comes and goes by hand is neither profit nor loss of the day. */
function shiftDay(state: AccountState, change: Decimal): void {
  if (state.day) state.day = { ...state.day, equity: state.day.equity.plus(change) };
}

/**
 * What was paid for what left a bot, which is booked as foreign: the price of its coins, or of a perpetual, which moves no coins, what it had made or
 * lost. Because that is a result of the day, whoever closed it, a liquidation too.
 */
function paidFor({ spec, position }: BotState, quantity: Decimal, price: Decimal): Decimal {
  if (!isPerpetual(spec.symbol)) return quantity.times(price);
  return reducePosition(position, quantity, price).grossRealized.minus(position.grossRealized);
}

/** What earlier positions left is sold with this one: it cost this bot nothing. */
function takeDust(state: AccountState, botId: string, quantity: Decimal): void {
  const bot = botOf(state, botId);
  bot.position = { ...bot.position, quantity: bot.position.quantity.plus(quantity) };
  bot.baseEntries = bot.baseEntries.plus(quantity);
}

function add(balances: Map<string, Decimal>, coin: string, change: Decimal): void {
  balances.set(coin, (balances.get(coin) ?? ZERO).plus(change));
}
