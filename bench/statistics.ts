import { applyAccountEvent } from "../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../src/domain/books.ts";
import type { BotSpec } from "../src/domain/bot.ts";
import type { AccountEvent, Recorded } from "../src/domain/events.ts";
import { type Decimal, decimal, ZERO } from "../src/domain/money.ts";
import { isFlat } from "../src/domain/position.ts";
import { type MarketMs, marketMs, wallMs } from "../src/domain/time.ts";
import { feeGroups } from "../src/reports/fee-groups.ts";
import { performanceGroups } from "../src/reports/performance-groups.ts";
import { periodGroups } from "../src/reports/period-groups.ts";
import { isoWeek } from "../src/reports/periods.ts";
import { PROTECTION, SIZING } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { heldBytes } from "./kit/memory.ts";

const FEW_FILLS = 100_000;
const FILLS = 1_000_000;
const BOTS = 100;
const SYMBOLS = 20;
const ACCOUNT = "bench";
const START_MS = Date.UTC(2023, 0, 1);
/** A million fills take about four years, so that nearly every one is alone in its bot's quarter of an hour: the most that the books may have to keep. */
const FILL_EVERY_MS = 126_000;
const BALANCE = decimal(10_000_000);
const TIME_ZONE = "Europe/Berlin";
/** As the command asks for them. */
const WEEKS = { periods: 8, periodOf: isoWeek, periodDaysMax: 7 };
const ROUNDS = 3;

/** A hundred bots whose round trips make a million fills: what a fill costs the books, what they hold of it for ever, and how long the statistics over all of it take. */
export default async function statistics(figures: Figures): Promise<void> {
  const few = measured(figures, FEW_FILLS);
  const many = measured(figures, FILLS);
  figures.ratio(`performance over ${count(FILLS)} fills by that over ${count(FEW_FILLS)}`, many / few);
}

function measured(figures: Figures, fills: number): number {
  const before = heldBytes();
  const state = emptyAccount();
  const ledger = new Ledger(state);
  const began = performance.now();
  ledger.open();
  for (let trip = 0; trip < fills / 2; trip += 1) ledger.trip(trip);
  const foldMs = performance.now() - began;
  const held = heldBytes() - before;
  const label = `${count(fills)} fills of ${BOTS} bots`;
  figures.time(`${label}: booking a fill with its order`, foldMs / fills);
  figures.megabytes(`${label}: memory of the books`, held);
  const bots = [...state.bots.values()];
  const shown = bots.map((bot) => ({ state: bot, unrealized: ZERO }));
  const nowMs = START_MS + fills * FILL_EVERY_MS;
  const now = { live: nowMs, demo: nowMs, paper: nowMs };
  const wish = { timeZone: TIME_ZONE, now, since: undefined } as const;
  judge(state, performanceGroups(shown, [state], { ...wish, by: "bot" })[0]?.performance.result, fills);
  const byBot = best(() => performanceGroups(shown, [state], { ...wish, by: "bot" }));
  figures.time(`${label}: stats performance by bot`, byBot);
  figures.time(
    `${label}: stats performance by day`,
    best(() => performanceGroups(shown, [state], { ...wish, by: "day" })),
  );
  figures.time(
    `${label}: stats weekly`,
    best(() => periodGroups(bots, [state], { timeZone: TIME_ZONE, now, ...WEEKS })),
  );
  figures.time(
    `${label}: stats fees`,
    best(() => feeGroups(bots, [state], wish)),
  );
  return byBot;
}

/** The statistics against the books: every bot is flat, so that what was made is what the balance has more. */
function judge(state: AccountState, sum: { readonly realized: Decimal; readonly fills: number } | undefined, fills: number): void {
  const made = state.balances.get("USDT")?.minus(BALANCE);
  const open = [...state.bots.values()].filter(({ position }) => !isFlat(position)).length;
  if (!sum || !made || open > 0 || sum.fills !== fills || !sum.realized.isEqualTo(made))
    throw new Error(
      `the books made ${made} with ${open} positions open, and the statistics say ${sum?.realized} after ${sum?.fills} fills`,
    );
}

function best(work: () => unknown): number {
  const spent = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return quantile(spent, 0);
}

/** Writes round trips into one account's books, as its stream would. */
class Ledger {
  readonly #state: AccountState;
  #at: MarketMs = marketMs(START_MS);
  #fills = 0;

  constructor(state: AccountState) {
    this.#state = state;
  }

  open(): void {
    const balances = new Map([["USDT", BALANCE]]);
    this.#apply({ type: "account-opened", account: ACCOUNT, owner: "bench:0", mode: "paper", market: "bench", balances });
    for (let index = 0; index < BOTS; index += 1) {
      const bot = specAt(index);
      this.#apply({ type: "bot-created", bot });
      this.#apply({ type: "bot-started", botId: bot.id });
    }
  }

  trip(index: number): void {
    const spec = specAt(index % BOTS);
    const [bought, sold] = [decimal(100 + (index % 50)), decimal(100 + ((index * 7) % 53))];
    this.#filled(spec, "entry", bought, undefined);
    this.#filled(spec, "exit", sold, sold.minus(bought).minus(sold.times(FEE)));
  }

  #filled({ id: botId, symbol }: BotSpec, purpose: "entry" | "exit", price: Decimal, realized: Decimal | undefined): void {
    this.#at = marketMs(START_MS + this.#fills * FILL_EVERY_MS);
    this.#fills += 1;
    const side = purpose === "entry" ? "buy" : "sell";
    const [intentId, clientOrderId] = [`i${this.#fills}`, `o${this.#fills}`];
    const order = { botId, symbol, side, quantity: ONE, intentId, clientOrderId, type: "market", purpose } as const;
    this.#apply({ type: "intent", intent: { ...order, reason: "for the bench", values: {}, slotMs: this.#at } });
    const money = { price, quantity: ONE, fee: price.times(FEE), feeCurrency: "USDT", liquidity: "taker" } as const;
    const fill = { fillId: `${clientOrderId}.1`, clientOrderId, symbol, side, marketMs: this.#at, ...money } as const;
    const levels = { stopPrice: undefined, takePrice: undefined };
    const held = purpose === "entry" ? { positionQuantity: ONE, entryPrice: price } : { positionQuantity: ZERO, entryPrice: undefined };
    this.#apply({ type: "order-filled", fill, botId, purpose, reason: "for the bench", after: { ...held, realized, ...levels } });
  }

  #apply(event: AccountEvent): void {
    const recorded: Recorded<AccountEvent> = {
      sequence: this.#state.sequence + 1,
      wallMs: wallMs(this.#at),
      marketMs: this.#at,
      requestId: undefined,
      event,
    };
    applyAccountEvent(this.#state, recorded);
  }
}

const ONE = decimal(1);
const FEE = decimal("0.001");

function specAt(index: number): BotSpec {
  const kind = { strategy: "ema-cross", params: { fast: 5, slow: 20 }, sizing: SIZING, protection: PROTECTION };
  const place = { owner: "bench:0", account: ACCOUNT, mode: "paper", symbol: `C${index % SYMBOLS}/USDT`, timeframe: "1m" } as const;
  return { id: `b${index + 1}`, name: `bot-${index + 1}`, group: undefined, ...place, ...kind };
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
