import { applyAccountEvent } from "../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../src/domain/books.ts";
import type { BotSpec } from "../../src/domain/bot.ts";
import { applyDeskEvent, emptyDesk } from "../../src/domain/desk.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../../src/domain/events.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { type Decimal, decimal, ZERO } from "../../src/domain/money.ts";
import { isFlat, unrealizedAt } from "../../src/domain/position.ts";
import { marketMs, type WallMs, wallMs } from "../../src/domain/time.ts";
import type {
  AccountFacts,
  BotFacts,
  Caller,
  DeskLedger,
  Engine,
  HealthFacts,
  MarketFacts,
  NewBot,
  PanicFacts,
  PriceFacts,
} from "../../src/ports/engine.ts";

const MARKET_START = Date.UTC(2021, 4, 19, 12, 0);
const START_CASH = "10000";

function instrumentOf(symbol: string): Instrument {
  const [base = "", quote = ""] = symbol.split("/");
  const step = decimal("0.00001");
  const costs = { makerFeeBps: 10, takerFeeBps: 10, halfSpreadBps: 1, slippageBps: 1 };
  return { symbol, base, quote, tickSize: decimal("0.01"), lotSize: step, notionalMin: decimal(5), ...costs };
}

/** The desk's stream in memory, folded by the product's own fold. */
export class FakeLedger implements DeskLedger {
  readonly state = emptyDesk();
  readonly events: DeskEvent[] = [];
  /** Set to make the next append fail. */
  failure: Error | undefined;

  append(events: readonly DeskEvent[], requestId?: string): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    for (const event of events) {
      const sequence = this.state.sequence + 1;
      applyDeskEvent(this.state, { sequence, wallMs: wallMs(0), marketMs: marketMs(MARKET_START), requestId, event });
      this.events.push(event);
    }
    return Promise.resolve();
  }

  ofType<T extends DeskEvent["type"]>(type: T): Extract<DeskEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<DeskEvent, { type: T }> => event.type === type);
  }
}

/** An engine that keeps books and never trades by itself. Strict: what the real one would refuse is refused. */
export class FakeEngine implements Engine {
  readonly ledger: FakeLedger;
  readonly books = new Map<string, AccountState>();
  /** Every effect with the request id that asked for it. */
  readonly effects: string[] = [];
  /** Set to make the next write fail as no one expects. */
  failure: Error | undefined;
  readonly prices = new Map<string, Decimal>([
    ["BTC/USDT", decimal("40000")],
    ["ETH/USDT", decimal("2500")],
    ["SOL/USDT", decimal("45.5")],
  ]);
  #made = 0;
  #fills = 0;

  constructor(ledger: FakeLedger) {
    this.ledger = ledger;
  }

  bots(): readonly BotFacts[] {
    const all = [...this.books.values()].flatMap((state) =>
      [...state.bots.values()].filter(({ deleted }) => !deleted).map((bot) => this.#factsOf(state, bot.spec.id)),
    );
    return all.sort((a, b) => (a.state.spec.name < b.state.spec.name ? -1 : 1));
  }

  bot(name: string): BotFacts | undefined {
    return this.bots().find(({ state }) => state.spec.name === name);
  }

  accounts(): readonly AccountFacts[] {
    return [...this.books.values()].map((state) => ({ state, equity: state.balances.get("USDT"), reserved: ZERO }));
  }

  accountOf(owner: string): AccountFacts | undefined {
    return this.accounts().find(({ state }) => state.owner === owner);
  }

  market(): MarketFacts {
    const facts = { key: "fake", label: "simulated market (invented prices)", pace: "stepped", speed: "script" } as const;
    return {
      ...facts,
      assumptions: ["Spread and fees are modeled.", "BTC/USDT: tick 0.01.", "ETH/USDT: tick 0.01."],
      symbols: [...this.prices.keys()],
      atMs: marketMs(MARKET_START),
      ended: false,
    };
  }

  price(symbol: string): Promise<PriceFacts | undefined> {
    const price = this.prices.get(symbol);
    return Promise.resolve(price && { instrument: instrumentOf(symbol), price, atMs: marketMs(MARKET_START), change24hPct: 1.25 });
  }

  health(): HealthFacts {
    const counts: Record<string, number> = {};
    for (const { state } of this.bots()) counts[state.status] = (counts[state.status] ?? 0) + 1;
    return {
      beatAgeMs: 200,
      storeAgeMs: 300,
      watchAgeMs: undefined,
      uptimeMs: 65_000,
      residentBytes: 90_000_000,
      bots: counts,
      unknownOrders: 0,
      problems: [],
    };
  }

  async createBot(wish: NewBot, caller: Caller): Promise<BotFacts> {
    const state = this.#accountFor(caller);
    if (this.#repeated(caller)) return this.#named(wish.name);
    if (this.bot(wish.name)) throw new UserError(`The name ${wish.name} is taken.`);
    if (!this.prices.has(wish.symbol)) throw new UserError(`There is no ${wish.symbol} here.`);
    const id = `b${++this.#made}`;
    const spec: BotSpec = { ...wish, id, owner: caller.user, account: state.account, mode: "paper" };
    this.#append(state, { type: "bot-created", bot: spec }, caller);
    await this.ledger.append([
      { type: "bot-registered", botId: id, name: spec.name, group: spec.group, owner: spec.owner, account: spec.account },
    ]);
    return this.#named(wish.name);
  }

  startBot(name: string, caller: Caller): Promise<BotFacts> {
    return this.#change(name, caller, (botId) => ({ type: "bot-started", botId }));
  }

  stopBot(name: string, close: boolean, caller: Caller): Promise<BotFacts> {
    return this.#change(name, caller, (botId) => ({ type: "bot-stopped", botId, closing: close, reason: "asked for" }));
  }

  async deleteBot(name: string, caller: Caller): Promise<void> {
    const bot = this.#named(name);
    if (!isFlat(bot.state.position)) throw new UserError(`${name} still holds a position; close it first.`);
    await this.#change(name, caller, (botId) => ({ type: "bot-deleted", botId }), false);
    await this.ledger.append([{ type: "bot-unregistered", botId: bot.state.spec.id }]);
  }

  closePosition(name: string, caller: Caller): Promise<BotFacts> {
    const bot = this.#named(name);
    if (isFlat(bot.state.position)) throw new UserError(`${name} holds no position.`);
    this.#effect(`close ${name}`, caller);
    this.fill(name, "sell", bot.state.position.quantity.toFixed(), this.prices.get(bot.state.spec.symbol)!.toFixed(), caller.requestId);
    return Promise.resolve(this.#named(name));
  }

  async halt(reason: string, untilMs: WallMs | undefined, caller: Caller, panic = false): Promise<void> {
    this.#effect("halt", caller);
    await this.ledger.append([{ type: "halted", reason, untilMs, by: caller.user, panic }]);
  }

  async resume(caller: Caller): Promise<void> {
    this.#effect("resume", caller);
    await this.ledger.append([{ type: "resumed", reason: "asked for", by: caller.user }]);
  }

  async panic(reason: string, caller: Caller): Promise<PanicFacts> {
    await this.halt(reason, undefined, caller, true);
    const holding = this.bots().filter(({ state }) => !isFlat(state.position));
    return {
      canceledEntries: 0,
      closing: holding.map(({ state }) => `${state.spec.name}: ${state.position.quantity.toFixed()} ${state.spec.symbol}`),
    };
  }

  moveMarket(): Promise<MarketFacts> {
    return Promise.reject(new UserError("This market is not scripted."));
  }

  /** Books a fill of a bot, with a fee of 0.1% in quote, as if its strategy had acted. */
  fill(name: string, side: "buy" | "sell", quantity: string, price: string, requestId?: string): void {
    const { state: bot, account } = this.#named(name);
    const state = this.books.get(account)!;
    const number = ++this.#fills;
    const caller = requestId === undefined ? undefined : { requestId, user: "" };
    const order = {
      intentId: `i${number}`,
      botId: bot.spec.id,
      slotMs: marketMs(MARKET_START),
      symbol: bot.spec.symbol,
      side,
      type: "market",
      values: {},
    } as const;
    const purpose = side === "buy" ? "entry" : "close";
    this.#append(
      state,
      { type: "intent", intent: { ...order, purpose, quantity: decimal(quantity), reason: "test", clientOrderId: `o${number}` } },
      caller,
    );
    const fee = decimal(price).times(quantity).times("0.001");
    const fill = {
      fillId: `f${number}`,
      clientOrderId: `o${number}`,
      symbol: bot.spec.symbol,
      side,
      price: decimal(price),
      quantity: decimal(quantity),
    };
    const realized = side === "buy" ? undefined : decimal(quantity).times(price).minus(bot.position.cost).minus(fee);
    const after = { positionQuantity: ZERO, entryPrice: undefined, realized, stopPrice: undefined, takePrice: undefined };
    const whole = { ...fill, fee, feeCurrency: "USDT", liquidity: "taker", marketMs: marketMs(MARKET_START) } as const;
    this.#append(state, { type: "order-filled", fill: whole, botId: bot.spec.id, purpose, reason: "test", after }, caller);
  }

  async #change(name: string, caller: Caller, event: (botId: string) => AccountEvent, stays = true): Promise<BotFacts> {
    const bot = this.#named(name);
    const fact = event(bot.state.spec.id);
    if (!this.#repeated(caller)) this.#append(this.books.get(bot.account)!, fact, caller);
    return stays ? this.#named(name) : bot;
  }

  #repeated({ requestId }: Caller): boolean {
    return [...this.books.values()].some(({ requests }) => requests.includes(requestId));
  }

  #append(state: AccountState, event: AccountEvent, caller: Caller | undefined): void {
    if (caller && event.type !== "order-filled" && event.type !== "intent") this.#effect(event.type, caller);
    const recorded: Recorded<AccountEvent> = {
      sequence: state.sequence + 1,
      wallMs: wallMs(0),
      marketMs: marketMs(MARKET_START),
      requestId: caller?.requestId,
      event,
    };
    applyAccountEvent(state, recorded);
  }

  #effect(what: string, { requestId }: Caller): void {
    if (this.failure) throw this.failure;
    this.effects.push(`${what} by ${requestId}`);
  }

  #accountFor({ user }: Caller): AccountState {
    const known = [...this.books.values()].find(({ owner }) => owner === user);
    if (known) return known;
    const state = emptyAccount();
    const account = `paper-${user}`;
    this.#append(
      state,
      { type: "account-opened", account, owner: user, mode: "paper", market: "fake", balances: new Map([["USDT", decimal(START_CASH)]]) },
      undefined,
    );
    this.books.set(account, state);
    return state;
  }

  #named(name: string): BotFacts {
    const bot = this.bot(name);
    if (!bot) throw new UserError(`There is no bot named ${name}.`);
    return bot;
  }

  #factsOf(state: AccountState, id: string): BotFacts {
    const bot = state.bots.get(id)!;
    const price = this.prices.get(bot.spec.symbol);
    const unrealized = price && unrealizedAt(bot.position, price);
    const orders = [...state.orders.values()].filter(({ botId }) => botId === id);
    return { state: bot, account: state.account, price, unrealized, orders, lastDecision: undefined };
  }
}
