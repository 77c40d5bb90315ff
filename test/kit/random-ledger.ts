import { applyAccountEvent } from "../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../src/domain/books.ts";
import type { AccountEvent } from "../../src/domain/events.ts";
import { type Decimal, decimal, plain, toDouble, ZERO } from "../../src/domain/money.ts";
import { applyFill, closingResult, type Fill } from "../../src/domain/position.ts";
import { DAY_MS, marketMs, SECOND_MS, wallMs } from "../../src/domain/time.ts";

const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu"];
/** Days around which clocks change somewhere, and the turn of a year. */
const BEGINNINGS = ["2021-03-10", "2021-03-25", "2021-10-29", "2020-12-20", "2021-04-01"];
const BOTS = ["BTC/USDT", "ETH/USDT", "ETH/USDT"];
const FILLS_MAX = 40;
const CAPITAL_MIN = 50_000;
/** Every so many ledgers one is of a paper account that began with another coin, too. */
const MIXED_EVERY = 5;

/** What the check in the other language is given: raw facts and nothing that was computed from them. */
export interface RawLedger {
  readonly timeZone: string;
  readonly since: string | null;
  /** None where the account began with more than the figures can count. */
  readonly capital: string | null;
  readonly nowMs: number;
  readonly fills: Readonly<Record<string, string | number | null>>[];
  readonly funding: Readonly<Record<string, string | number>>[];
}

export interface RandomLedger {
  readonly state: AccountState;
  readonly raw: RawLedger;
}

/** Mulberry32. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** An account, most of them at an exchange, with three bots that buy and sell at random, with fees in either coin, deposits and withdrawals. */
export function randomLedger(seed: number): RandomLedger {
  const chance = chanceOf(seed);
  const below = (limit: number) => Math.floor(chance() * limit);
  const of = <T>(all: readonly T[]): T => all[below(all.length)]!;
  const state = emptyAccount();
  let atMs = Date.parse(`${of(BEGINNINGS)}T00:00:00Z`);
  const append = (event: AccountEvent) =>
    applyAccountEvent(state, { sequence: state.sequence + 1, wallMs: wallMs(atMs), marketMs: marketMs(atMs), requestId: undefined, event });
  const capital = decimal(CAPITAL_MIN + below(50_000));
  const isMixed = seed % MIXED_EVERY === 0;
  const mode = isMixed ? "paper" : "live";
  const balances = new Map([["USDT", capital], ...(isMixed ? ([["ETH", decimal(2)]] as const) : [])]);
  append({ type: "account-opened", account: "real", owner: "u", mode, market: "m", balances });
  BOTS.forEach((symbol, index) => {
    append({ type: "bot-created", bot: botOf(`b${index}`, symbol, mode) });
  });
  const fills: RawLedger["fills"] = [];
  const funding: RawLedger["funding"] = [];
  for (let left = below(FILLS_MAX + 1); left > 0; left -= 1) {
    atMs += Math.round(chance() ** 3 * 4 * DAY_MS) + SECOND_MS;
    const bot = state.bots.get(`b${below(BOTS.length)}`)!;
    const held = bot.position.quantity;
    const side = held.isGreaterThan(0) && chance() < 0.6 ? "sell" : "buy";
    const price = decimal((bot.spec.symbol.startsWith("BTC") ? 40_000 : 2_500) * (0.9 + chance() * 0.2)).decimalPlaces(2);
    const quantity = side === "buy" ? decimal((1 + below(9_999)) / 100_000) : soldOf(held, chance());
    const isInBase = side === "buy" && chance() < 0.3;
    const fee = isInBase ? quantity.times("0.001") : quantity.times(price).times("0.00075");
    const number = String(fills.length);
    const fill = { fillId: `f${number}`, clientOrderId: `o${number}`, symbol: bot.spec.symbol, side, price, quantity, fee } as const;
    const [base = ""] = bot.spec.symbol.split("/");
    const feeIn = isInBase ? "base" : chance() < 0.1 ? "BNB" : "quote";
    const feeCurrency = { base, quote: "USDT", BNB: "BNB" }[feeIn];
    const liquidity = chance() < 0.4 ? "maker" : "taker";
    const decided = chance() < 0.8 ? price.times(decimal(0.998 + chance() * 0.004)).decimalPlaces(2) : undefined;
    book(append, bot, { ...fill, feeCurrency, liquidity, marketMs: marketMs(atMs) }, decided);
    const traded = { symbol: bot.spec.symbol, side, price: plain(price), quantity: plain(quantity) };
    fills.push({ bot: bot.spec.id, ms: atMs, ...traded, fee: plain(fee), feeIn, liquidity, decided: decided ? plain(decided) : null });
    if (chance() < 0.2) {
      const [entryId, quantity] = [`funding:${number}`, decimal(below(2_000) - 1_000).shiftedBy(-2)];
      const held = { symbol: bot.spec.symbol, atMs };
      append({ type: "foreign-booked", coin: "USDT", quantity, entryId, reason: "funding", funding: held });
      funding.push({ symbol: held.symbol, ms: atMs, amount: plain(quantity) });
    }
    if (chance() < 0.1)
      append({
        type: "foreign-booked",
        coin: "USDT",
        quantity: decimal(below(9_000) - 4_500),
        entryId: `e${number}`,
        reason: "moved by hand",
      });
  }
  const since = chance() < 0.3 && fills.length > 0 ? new Date(Number(of(fills).ms)).toISOString().slice(0, 10) : null;
  return {
    state,
    raw: { timeZone: of(ZONES), since, capital: isMixed ? null : plain(capital), nowMs: atMs + below(5 * DAY_MS), fills, funding },
  };
}

function soldOf(held: Decimal, share: number): Decimal {
  return share < 0.5 ? held : held.times(decimal(Math.max(share, 0.01))).decimalPlaces(8);
}

/** One order with one fill. Its outcome is what the fold of positions says. */
function book(
  append: (event: AccountEvent) => void,
  bot: { readonly spec: { readonly id: string }; readonly position: Parameters<typeof applyFill>[0] },
  fill: Fill,
  decided: Decimal | undefined,
): void {
  const { clientOrderId, symbol, side, quantity } = fill;
  const purpose = side === "buy" ? "entry" : "exit";
  const botId = bot.spec.id;
  const order = { botId, slotMs: fill.marketMs, symbol, side, type: "market", purpose, quantity, reason: "" } as const;
  const values: Record<string, number> = decided ? { close: toDouble(decided) } : {};
  append({ type: "intent", intent: { ...order, values, intentId: `i${clientOrderId}`, clientOrderId } });
  const after = applyFill(bot.position, fill, symbol.split("/")[0] ?? "");
  const feeInQuote = fill.feeCurrency === "USDT" ? fill.fee : ZERO;
  const made = side === "sell" ? closingResult(bot.position, after, feeInQuote) : { realized: undefined };
  const outcome = { positionQuantity: after.quantity, entryPrice: undefined, ...made, stopPrice: undefined, takePrice: undefined };
  append({ type: "order-filled", fill, botId, purpose, reason: "", after: outcome });
}

function botOf(id: string, symbol: string, mode: "live" | "paper") {
  const sizing = { kind: "equity-percent", pct: 10 } as const;
  const protection = { stopPct: 2, takePct: undefined, trailingPct: undefined };
  const spec = { id, name: id, group: undefined, owner: "u", account: "real", mode, symbol, timeframe: "1m" } as const;
  return { ...spec, strategy: "ema-cross", params: {}, sizing, protection };
}
