import type { Rates } from "../domain/conversion.ts";
import { UserError } from "../domain/errors.ts";
import type { Decimal } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import type { WallMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  AccountFacts,
  AccountTest,
  BotFacts,
  BotLook,
  BotRanges,
  Caller,
  Engine,
  ManualOrder,
  NewAccount,
  NewBot,
  PanicFacts,
  PriceFacts,
  PromotionFacts,
} from "../ports/engine.ts";
import type { HealthFacts, MarketFacts } from "../ports/health-facts.ts";
import type { Market } from "../ports/market.ts";
import type { PlanFacts } from "../ports/plan.ts";
import type { EntryNow, LimitFacts } from "../ports/risk-facts.ts";
import type { CeilingFacts, DrillStep, ReconcileFacts } from "../ports/venue-facts.ts";
import type { WhyFacts } from "../ports/why.ts";
import type { Account } from "./account.ts";
import { accountFacts } from "./account-facts.ts";
import type { Accounts } from "./accounts.ts";
import type { AuditReader } from "./audit.ts";
import { BotChanger } from "./bot-changes.ts";
import { botFacts } from "./bot-facts.ts";
import type { Bots } from "./bots.ts";
import { PeoplesBreakers } from "./breaker-facts.ts";
import type { Desk } from "./desk.ts";
import type { FeedHub } from "./feeds.ts";
import type { Floors } from "./floors.ts";
import { healthFacts } from "./health.ts";
import { VenueCommands } from "./live/commands.ts";
import type { LiveDesk } from "./live/desk.ts";
import { FloorReader } from "./market-reader.ts";
import { panicFacts, startPanic } from "./panic.ts";
import { planNow } from "./plan-facts.ts";
import { priceFacts } from "./price-facts.ts";
import type { Pulse } from "./pulse.ts";
import type { MarketSpeed, Pump } from "./pump.ts";
import type { RiskGuard } from "./risk-guard.ts";
import { accountStream } from "./streams.ts";
import { whyFacts } from "./why.ts";
import { whyAt } from "./why-past.ts";

export interface EngineParts {
  readonly clock: Clock;
  readonly market: Market;
  readonly hub: FeedHub;
  readonly floors: Floors;
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly bots: Bots;
  readonly pump: Pump;
  readonly pulse: Pulse;
  readonly speed: MarketSpeed;
  readonly live: LiveDesk;
  readonly risk: RiskGuard;
  readonly rates: Rates;
  readonly alerts: Engine["alerts"];
  readonly audit: AuditReader;
  readonly nodes: Engine["nodes"];
}

/** The engine as commands see it: reads from memory, writes through the account's queue. */
export class TradingEngine implements Engine {
  readonly #parts: EngineParts;
  readonly #venues: VenueCommands;
  readonly markets: Engine["markets"];
  readonly candles: Engine["candles"];
  readonly alerts: Engine["alerts"];
  readonly audit: Engine["audit"];
  readonly changes: BotChanger;
  readonly whyAt: Engine["whyAt"];
  readonly breakers: PeoplesBreakers;
  readonly rates: Rates;
  readonly nodes: Engine["nodes"];

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.audit = parts.audit;
    this.rates = parts.rates;
    this.nodes = parts.nodes;
    this.changes = new BotChanger(parts);
    this.whyAt = (name, atMs) => whyAt(parts.bots.find(name), parts.audit, atMs);
    this.#venues = new VenueCommands(parts);
    this.breakers = new PeoplesBreakers(parts.accounts, parts.risk.breakers);
    const reader = new FloorReader(() => parts.floors.all(), parts.clock);
    this.markets = () => reader.markets();
    this.alerts = parts.alerts;
    this.candles = (marketKey, symbol, minutes) => reader.candles(marketKey, symbol, minutes);
  }

  bots(): readonly BotFacts[] {
    const facts = [...this.#parts.desk.state.bots.values()].map(({ name }) => this.bot(name)).filter((bot) => bot !== undefined);
    return facts.sort((a, b) => (a.state.spec.name < b.state.spec.name ? -1 : 1));
  }

  bot(name: string): BotFacts | undefined {
    const registered = this.#parts.desk.names.named(name);
    const account = registered && this.#parts.accounts.get(accountStream(registered.account));
    return registered && account && botFacts(account, registered.botId);
  }

  entryNow(name: string): EntryNow | undefined {
    const { account, bot } = this.#parts.bots.find(name);
    return isFlat(bot.position) ? account.executor.entryNow(bot) : undefined;
  }

  /** What a bot's position may come to; undefined where one entry opens it. */
  plan(name: string): PlanFacts | undefined {
    const { account, bot } = this.#parts.bots.find(name);
    return planNow(account, bot);
  }

  look(name: string): BotLook {
    return { bot: this.#found(name), entryNow: this.entryNow(name), plan: this.plan(name) };
  }

  why(name: string): WhyFacts {
    return whyFacts(this.#parts.bots.find(name));
  }

  accounts(): readonly AccountFacts[] {
    return this.#parts.accounts
      .all()
      .filter(({ state }) => !state.venue.removed)
      .map((account) => this.#factsOf(account));
  }

  accountOf(owner: string): AccountFacts | undefined {
    const account = this.#parts.accounts.byOwner(owner);
    return account && this.#factsOf(account);
  }

  account(name: string): AccountFacts | undefined {
    const account = this.#parts.accounts.get(accountStream(name));
    return account && !account.state.venue.removed ? this.#factsOf(account) : undefined;
  }

  async connectAccount(wish: NewAccount, caller: Caller): Promise<AccountFacts> {
    return this.#factsOf(await this.#parts.live.connect(wish, caller));
  }

  testAccount(name: string): Promise<AccountTest> {
    return this.#parts.live.test(name);
  }

  reconcileAccount(name: string): Promise<ReconcileFacts> {
    return this.#parts.live.reconcile(name);
  }

  drillAccount(name: string, caller: Caller, onStep: (step: DrillStep) => void): Promise<readonly DrillStep[]> {
    return this.#venues.drill(name, caller, onStep);
  }

  removeAccount(name: string, caller: Caller): Promise<void> {
    return this.#parts.live.remove(name, caller);
  }

  resumeAccount(name: string, caller: Caller): Promise<void> {
    return this.#parts.live.resume(name, caller);
  }

  /** `ranges` come from the process that runs the paper bot, where that is another one. */
  promotion(bot: string, account: string, newName: string | undefined, ranges: BotRanges = {}): PromotionFacts {
    return this.#venues.promotion({ ...this.#found(bot), ...ranges }, account, newName);
  }

  async promoteBot(bot: string, account: string, newName: string | undefined, caller: Caller, ranges: BotRanges = {}): Promise<BotFacts> {
    return this.#found(await this.#venues.promote({ ...this.#found(bot), ...ranges }, account, newName, caller));
  }

  async enterOrder(order: ManualOrder, caller: Caller): Promise<BotFacts> {
    return this.#found(await this.#venues.enter(order, caller));
  }

  cancelOrder(clientOrderId: string, caller: Caller): Promise<void> {
    return this.#venues.cancel(clientOrderId, caller);
  }

  limits(): readonly LimitFacts[] {
    return this.#parts.risk.lines();
  }

  ceiling(): CeilingFacts | undefined {
    return this.#parts.live.ceiling.facts();
  }

  lowerCeiling(amount: Decimal, caller: Caller): Promise<CeilingFacts> {
    return this.#venues.lowerCeiling(amount, caller);
  }

  async limitLeverage(account: string, leverage: number, caller: Caller, from?: number): Promise<void> {
    await this.#venues.limitLeverage(account, leverage, caller, from);
  }

  #factsOf(account: Account): AccountFacts {
    return accountFacts(account, this.#parts.desk.state.drilled.includes(account.state.exchange ?? ""));
  }

  market(): MarketFacts {
    const { market, hub, speed, pump } = this.#parts;
    const symbols = [...market.instruments.keys()].sort();
    const { key, label, pace, assumptions } = market;
    return { key, label, pace, speed: pace === "live" ? "1" : String(speed), assumptions, symbols, atMs: hub.atMs, ended: pump.ended };
  }

  price(symbol: string, accountName?: string): Promise<PriceFacts | undefined> {
    const account = accountName === undefined ? undefined : this.#parts.accounts.get(accountStream(accountName));
    return priceFacts(account?.services ?? this.#parts, account, symbol);
  }

  health(): HealthFacts {
    return healthFacts(this.#parts);
  }

  async createBot(wish: NewBot, caller: Caller): Promise<BotFacts> {
    return this.#found(await this.#parts.bots.create(wish, caller));
  }

  async startBot(name: string, caller: Caller): Promise<BotFacts> {
    await this.#venues.prepareStart(name);
    await this.#parts.bots.start(name, caller);
    return this.#found(name);
  }

  async stopBot(name: string, close: boolean, caller: Caller): Promise<BotFacts> {
    await this.#parts.bots.stop(name, close, caller);
    return this.#found(name);
  }

  deleteBot(name: string, caller: Caller): Promise<void> {
    return this.#parts.bots.delete(name, caller);
  }

  async closePosition(name: string, caller: Caller): Promise<BotFacts> {
    await this.#parts.bots.closePosition(name, caller);
    return this.#found(name);
  }

  async halt(reason: string, untilMs: WallMs | undefined, caller: Caller): Promise<void> {
    const { desk } = this.#parts;
    if (desk.halt?.panic) throw new UserError("A panic is on, which denies entries already. Clear it with system resume first.");
    await desk.deny({ type: "halted", reason, untilMs, by: caller.user, panic: false }, caller.requestId);
  }

  async resume(caller: Caller): Promise<void> {
    const { desk } = this.#parts;
    if (!desk.halt) throw new UserError("Nothing is halted: entries are allowed already.");
    await desk.allow("resumed by hand", caller.user, caller.requestId);
  }

  async panic(reason: string, caller: Caller): Promise<PanicFacts> {
    const { desk, accounts, pulse } = this.#parts;
    await desk.deny({ type: "halted", reason, untilMs: undefined, by: caller.user, panic: true }, caller.requestId);
    const facts = panicFacts(accounts.all());
    for (const account of accounts.held()) void startPanic(account, reason)?.catch(pulse.fatal);
    return facts;
  }

  async moveMarket(span: { readonly forMs: number } | "end"): Promise<MarketFacts> {
    const { speed, pump, hub, market } = this.#parts;
    if (span === "end" && market.endless) throw new UserError("This market has no end. Say how long to wait instead, as in wait 2h.");
    if (speed !== "script")
      throw new UserError(`The market moves by itself at speed ${speed}. Start with MARKET_SPEED=script to move it by hand.`);
    await pump.moveTo(span === "end" ? Number.MAX_SAFE_INTEGER : hub.atMs + span.forMs);
    return this.market();
  }

  #found(name: string): BotFacts {
    const bot = this.bot(name);
    if (!bot) throw new UserError(`There is no bot named ${name}.`);
    return bot;
  }
}
