import type { BotSpec, BotStatus } from "./bot.ts";
import type { Intent } from "./events.ts";
import { type Decimal, ZERO } from "./money.ts";
import type { Order } from "./order.ts";
import { FLAT, type Position } from "./position.ts";
import { type MarketMs, marketMs } from "./time.ts";

/** Results are kept per quarter of an hour, because every time zone's day begins on one. */
export const RESULT_BUCKET_MS = 15 * 60_000;

export interface Result {
  readonly realized: Decimal;
  readonly fees: Decimal;
  readonly fills: number;
  readonly closes: number;
  readonly wins: number;
}

export const NO_RESULT: Result = { realized: ZERO, fees: ZERO, fills: 0, closes: 0, wins: 0 };

export interface BotState {
  readonly spec: BotSpec;
  status: BotStatus;
  statusReason: string;
  deleted: boolean;
  /** Market time of the newest start: only candles that close after it are decided on. */
  startedMs: MarketMs | undefined;
  /** Slot of the newest decision that acted or was denied. */
  actedSlotMs: MarketMs | undefined;
  position: Position;
  /** Sum of all base and quote movements of this bot's fills: the second, independent way to its position and cash. */
  baseEntries: Decimal;
  quoteEntries: Decimal;
  /** Highest price since entry, for trailing stops. */
  highest: Decimal | undefined;
  results: Map<number, Result>;
}

/** One account's books: a fold of its stream. Only its writer changes it, by `applyAccountEvent`. */
export interface AccountState {
  account: string;
  owner: string;
  market: string;
  currency: string;
  startBalances: Map<string, Decimal>;
  balances: Map<string, Decimal>;
  bots: Map<string, BotState>;
  /** Orders that are not terminal, by client order id. */
  orders: Map<string, Order>;
  intents: Map<string, Intent>;
  day: { day: string; equity: Decimal } | undefined;
  trippedDay: string | undefined;
  panic: { scope: string; reason: string } | undefined;
  requests: string[];
  sequence: number;
  /** Market time of the last step whose outcome is in these books. */
  marketMs: MarketMs;
}

export function emptyAccount(): AccountState {
  return {
    account: "",
    owner: "",
    market: "",
    currency: "",
    startBalances: new Map(),
    balances: new Map(),
    bots: new Map(),
    orders: new Map(),
    intents: new Map(),
    day: undefined,
    trippedDay: undefined,
    panic: undefined,
    requests: [],
    sequence: 0,
    marketMs: marketMs(0),
  };
}

/** A bot as it is created: flat and waiting for its start. */
export function newBot(spec: BotSpec): BotState {
  return {
    spec,
    status: "created",
    statusReason: "",
    deleted: false,
    startedMs: undefined,
    actedSlotMs: undefined,
    position: FLAT,
    baseEntries: ZERO,
    quoteEntries: ZERO,
    highest: undefined,
    results: new Map(),
  };
}
