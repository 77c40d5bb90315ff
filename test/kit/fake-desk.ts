import { applyAccountEvent } from "../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../src/domain/books.ts";
import type { BotSpec } from "../../src/domain/bot.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { AccountEvent, Recorded } from "../../src/domain/events.ts";
import { type Decimal, decimal, ZERO } from "../../src/domain/money.ts";
import { isFlat, unrealizedAt } from "../../src/domain/position.ts";
import { marketMs, type WallMs, wallMs } from "../../src/domain/time.ts";
import type { AccountFacts, BotFacts, BotLook, Caller, Engine, NewBot, PanicFacts, PriceFacts } from "../../src/ports/engine.ts";
import type { HealthFacts, MarketFacts } from "../../src/ports/health-facts.ts";
import { FakeAccounts } from "./fake-accounts.ts";
import { fakeAlerts } from "./fake-alerts.ts";
import { FakeAudit } from "./fake-audit.ts";
import { FakeBreakers } from "./fake-breakers.ts";
import { FakeChanges } from "./fake-changes.ts";
import { entryOf, instrumentOf, refuseLeverage } from "./fake-instrument.ts";
import { type FakeLedger, MARKET_START } from "./fake-ledger.ts";
import { FakeReader } from "./fake-reader.ts";
import { FakeTrading } from "./fake-trading.ts";
import { ONLY_USDT } from "./rates.ts";

const START_CASH = "10000";

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
  /** The exchanges and what a test lets them answer. */
  readonly exchanges: FakeAccounts;
  readonly trading: FakeTrading;
  readonly audit = new FakeAudit();
  readonly changes: FakeChanges;
  readonly reader = new FakeReader(this.prices, () => this.accounts());
  readonly markets: Engine["markets"] = () => this.reader.markets();
  readonly candles: Engine["candles"] = (marketKey, symbol, minutes) => this.reader.candles(marketKey, symbol, minutes);
  readonly alerts = fakeAlerts(this.prices);
  #made = 0;
  #fills = 0;

  constructor(ledger: FakeLedger) {
    this.ledger = ledger;
    const { books, prices } = this;
    const host = {
      ...{ books, ledger, prices },
      bots: () => this.bots(),
      made: () => this.#made++,
      open: (state: AccountState) => void books.set(state.account, state),
      append: (state: AccountState, event: AccountEvent, caller: Caller | undefined) => this.#append(state, event, caller),
      repeated: (caller: Caller) => this.#repeated(caller),
      fill: this.fill.bind(this),
    };
    this.exchanges = new FakeAccounts(host);
    this.changes = new FakeChanges(host);
    this.trading = new FakeTrading(host, this.exchanges);
    this.breakers = new FakeBreakers(host);
  }

  bots(): readonly BotFacts[] {
    const all = [...this.books.values()].flatMap((state) =>
      [...state.bots.values()].filter(({ deleted }) => !deleted).map((bot) => this.#factsOf(state, bot.spec.id)),
    );
    return all.sort((a, b) => (a.state.spec.name < b.state.spec.name ? -1 : 1));
  }

  readonly bot = (name: string): BotFacts | undefined => this.bots().find(({ state }) => state.spec.name === name);
  readonly accounts = (): readonly AccountFacts[] => this.exchanges.all();

  readonly accountOf: Engine["accountOf"] = (owner) => this.accounts().find(({ state }) => state.owner === owner && state.mode === "paper");

  /** Where the market stands; fills are at its start. */
  marketAtMs = MARKET_START;
  readonly entryNow: Engine["entryNow"] = (name) => entryOf(this.bot(name), START_CASH);
  readonly look = (name: string): BotLook => ({ bot: this.#named(name), entryNow: entryOf(this.bot(name), START_CASH), plan: undefined });
  readonly why: Engine["why"] = (name) => this.trading.why(name);
  readonly whyAt: Engine["whyAt"] = async (name) => this.trading.why(name);
  readonly limits: Engine["limits"] = () => [];
  nodes: Engine["nodes"] = async () => [];
  readonly rates = ONLY_USDT;
  readonly breakers: FakeBreakers;
  readonly account: Engine["account"] = (name) => this.exchanges.named(name);
  readonly connectAccount: Engine["connectAccount"] = async (wish, caller) => this.exchanges.connect(wish, caller);
  readonly testAccount: Engine["testAccount"] = async (name) => this.exchanges.test(name);
  readonly removeAccount: Engine["removeAccount"] = async (name, caller) => this.exchanges.remove(name, caller);
  readonly resumeAccount: Engine["resumeAccount"] = async (name, caller) => this.exchanges.resume(name, caller);
  readonly ceiling: Engine["ceiling"] = () => this.exchanges.ceiling();
  readonly lowerCeiling: Engine["lowerCeiling"] = async (amount, caller) => this.exchanges.lowerCeiling(amount, caller);
  readonly limitLeverage: Engine["limitLeverage"] = async (account, leverage, caller) =>
    this.exchanges.limitLeverage(account, leverage, caller);
  readonly promotion: Engine["promotion"] = (bot, account, name) => this.trading.promotion(bot, account, name);
  readonly promoteBot: Engine["promoteBot"] = async (bot, account, name, caller) => this.trading.promote(bot, account, name, caller);
  readonly enterOrder: Engine["enterOrder"] = async (order, caller) => this.trading.enter(order, caller);
  readonly cancelOrder: Engine["cancelOrder"] = async (clientOrderId, caller) => this.trading.cancel(clientOrderId, caller);

  readonly reconcileAccount: Engine["reconcileAccount"] = async (name, caller) => {
    this.#effect(`reconcile ${name}`, caller);
    return this.exchanges.reconcile(name);
  };

  readonly drillAccount: Engine["drillAccount"] = async (name, caller, onStep) => {
    this.#effect(`drill ${name}`, caller);
    return this.exchanges.runDrill(name, onStep);
  };

  market(): MarketFacts {
    const facts = { key: "fake", label: "simulated market (invented prices)", pace: "stepped", speed: "script" } as const;
    return {
      ...facts,
      assumptions: ["Spread and fees are modeled.", "BTC/USDT: tick 0.01.", "ETH/USDT: tick 0.01."],
      symbols: [...this.prices.keys()],
      atMs: marketMs(this.marketAtMs),
      ended: false,
    };
  }

  price(symbol: string, account?: string): Promise<PriceFacts | undefined> {
    const price = this.prices.get(symbol);
    const facts = price && { instrument: instrumentOf(symbol), price, atMs: marketMs(MARKET_START), change24hPct: 1.25 };
    const worst = price && { buy: price.times("1.005"), sell: price.times("0.995") };
    return Promise.resolve(facts && (account === undefined || !worst ? facts : { ...facts, worst }));
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
    refuseLeverage(wish);
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
    if (!panic && this.ledger.state.halt?.panic) throw new UserError("A panic is on, which denies entries already.");
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

  readonly moveMarket: Engine["moveMarket"] = () => Promise.reject(new UserError("This market is not scripted."));

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
      ...{ price: decimal(price), quantity: decimal(quantity) },
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
    const known = [...this.books.values()].find(({ owner, mode }) => owner === user && mode === "paper");
    if (known) return known;
    const [state, account] = [emptyAccount(), `paper-${user}`];
    const opened = { type: "account-opened", account, owner: user, mode: "paper", market: "fake" } as const;
    this.#append(state, { ...opened, balances: new Map([["USDT", decimal(START_CASH)]]) }, undefined);
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
