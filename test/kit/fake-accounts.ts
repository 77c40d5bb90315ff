import { type AccountState, emptyAccount } from "../../src/domain/books.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { AccountEvent } from "../../src/domain/events.ts";
import { type Decimal, decimal, min, ZERO } from "../../src/domain/money.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { AccountFacts, AccountTest, BotFacts, Caller, DeskLedger, NewAccount } from "../../src/ports/engine.ts";
import type { KeyFacts } from "../../src/ports/live-venue.ts";
import type { CeilingFacts, DrillStep, ReconcileFacts } from "../../src/ports/venue-facts.ts";
import { leverageLimitOf } from "../../src/risk/leverage.ts";

/** What the fakes share of an engine. */
export interface FakeHost {
  readonly books: ReadonlyMap<string, AccountState>;
  readonly ledger: DeskLedger;
  readonly prices: ReadonlyMap<string, Decimal>;
  bots(): readonly BotFacts[];
  open(state: AccountState): void;
  append(state: AccountState, event: AccountEvent, caller: Caller | undefined): void;
  repeated(caller: Caller): boolean;
}

const SEALED = { version: 1, keyId: "fake", wrappedKey: "", wrapNonce: "", nonce: "", ciphertext: "" };
const NAME = /^[a-z0-9-]{1,32}$/;
const DRILL: readonly DrillStep[] = [
  { assumption: "a resting order is found by our id", outcome: "confirmed", detail: "found in 40 ms" },
  { assumption: "a canceled order is gone from the open orders", outcome: "confirmed", detail: "gone in 35 ms" },
  { assumption: "a filled order frees its id", outcome: "not tested", detail: "the order did not fill" },
];

/** Accounts at an exchange that answers what a test tells it to. Strict: what the real engine would refuse is refused. */
export class FakeAccounts {
  /** What the exchange tells of the next keys. */
  rights: KeyFacts = { mayOrder: true, withdraw: false, transfer: false, addressRestricted: true };
  /** Why the exchange does not take the next key. */
  keyProblem: string | undefined;
  /** What the exchange says when an account is tested. */
  problems: readonly string[] = [];
  /** What the next reconciliation finds. */
  reconciled: ReconcileFacts = { findings: [], complete: true };
  drill: readonly DrillStep[] = DRILL;
  clockOffsetMs = 12;
  /** The process setting. */
  ceilingSetting: Decimal | undefined;
  /** What accounts hold when they are connected. */
  holdings: ReadonlyMap<string, Decimal> = new Map([["USDT", decimal(250)]]);
  /** By account, what a person should know first. */
  readonly troubles = new Map<string, readonly string[]>();
  readonly #drilled = new Set<string>();
  readonly #host: FakeHost;

  constructor(host: FakeHost) {
    this.#host = host;
  }

  all(): readonly AccountFacts[] {
    return [...this.#host.books.values()].filter(({ venue }) => !venue.removed).map((state) => this.#factsOf(state));
  }

  named(name: string): AccountFacts | undefined {
    return this.all().find(({ state }) => state.account === name);
  }

  /** Only an account at an exchange. */
  known(name: string): AccountFacts {
    const facts = this.named(name);
    if (!facts) throw new UserError(`There is no account named ${name}.`);
    if (!facts.venue) throw new UserError(`${name} is a paper account; it has no exchange.`);
    return facts;
  }

  async connect(wish: NewAccount, caller: Caller): Promise<AccountFacts> {
    const { name, exchangeId, environment, enteredBy, acknowledged } = wish;
    if (this.#host.repeated(caller)) return this.known(name);
    this.#refuseKey(wish, caller);
    const known = this.named(name);
    if (known) {
      this.#host.append(
        this.#host.books.get(name)!,
        { type: "key-set", sealed: SEALED, enteredBy, rights: this.rights, acknowledged },
        caller,
      );
      return this.known(name);
    }
    const state = emptyAccount();
    const opened = { account: name, owner: caller.user, mode: environment, exchange: exchangeId, market: exchangeId, currency: "USDT" };
    this.#host.append(state, { type: "account-opened", ...opened, balances: new Map(this.holdings) }, undefined);
    this.#host.append(state, { type: "key-set", sealed: SEALED, enteredBy, rights: this.rights, acknowledged }, caller);
    this.#host.open(state);
    await this.#host.ledger.append([{ type: "account-registered", account: name, owner: caller.user, exchange: exchangeId, environment }]);
    return this.known(name);
  }

  test(name: string): AccountTest {
    const { state } = this.known(name);
    const { rights, clockOffsetMs, problems } = this;
    return { rights, clockOffsetMs, roundTripMs: 85, balances: state.balances, problems };
  }

  reconcile(name: string): ReconcileFacts {
    this.known(name);
    return this.reconciled;
  }

  runDrill(name: string, onStep: (step: DrillStep) => void): readonly DrillStep[] {
    const { venue } = this.known(name);
    if (venue!.environment !== "demo")
      throw new UserError(`${name} is a LIVE account: a drill places orders, so it runs in demo accounts only.`);
    for (const step of this.drill) onStep(step);
    this.#drilled.add(venue!.exchangeId);
    return this.drill;
  }

  async remove(name: string, caller: Caller): Promise<void> {
    const { state } = this.known(name);
    const bots = this.#host.bots().filter(({ account }) => account === name);
    const busy = bots.find(({ state: bot }) => bot.status === "running" || bot.status === "stopping" || !isFlat(bot.position));
    if (busy) throw new UserError(`${busy.state.spec.name} runs or holds something in ${name}; stop and close it first.`);
    if ([...state.orders.values()].some(({ status }) => status === "unknown" || status === "in-flight"))
      throw new UserError(`An order of ${name} is unanswered; wait until it is found or proven absent.`);
    this.#host.append(state, { type: "account-removed", reason: "asked for" }, caller);
    await this.#host.ledger.append([{ type: "account-unregistered", account: name }]);
  }

  resume(name: string, caller: Caller): void {
    const { state } = this.known(name);
    if (!state.venue.paused) throw new UserError(`${name} is not paused; there is nothing to reset.`);
    this.#host.append(state, { type: "account-resumed", reason: "asked for" }, caller);
  }

  ceiling(): CeilingFacts | undefined {
    const lowered = this.#host.ledger.state.ceiling;
    if (!this.ceilingSetting) return undefined;
    const limit = lowered ? min(lowered, this.ceilingSetting) : this.ceilingSetting;
    return { limit, currency: "USDT", atRisk: this.#atRisk() };
  }

  async lowerCeiling(amount: Decimal, { user, requestId }: Caller): Promise<CeilingFacts> {
    const now = this.ceiling();
    if (!now) throw new UserError("This process allows no live trading, so there is no ceiling to lower.");
    if (!amount.isLessThan(now.limit))
      throw new UserError(
        `The ceiling is ${now.limit.toFixed()} USDT and can only be lowered here; raise it with LIVE_CEILING and a restart.`,
      );
    await this.#host.ledger.append([{ type: "ceiling-lowered", amount, by: user }], requestId);
    return this.ceiling()!;
  }

  limitLeverage(name: string, leverage: number, caller: Caller): void {
    const { state, venue } = this.known(name);
    if (venue?.leverageLimit === undefined) throw new UserError(`${name} trades spot, where there is no leverage.`);
    this.#host.append(state, { type: "leverage-limited", leverage, by: caller.user }, caller);
  }

  #refuseKey({ name, exchangeId, environment, acknowledged }: NewAccount, { user }: Caller): void {
    if (!NAME.test(name)) throw new UserError(`${name} is no name of an account: use small letters, digits and dashes.`);
    const known = this.named(name);
    const isSame = known?.state.owner === user && known.venue?.exchangeId === exchangeId && known.venue.environment === environment;
    if (known && !isSame) throw new UserError(`There is an account named ${name} already; choose another name.`);
    if (exchangeId === "binanceus" && environment === "demo") throw new UserError("Binance.US has no demo environment.");
    if (this.keyProblem !== undefined) throw new UserError(this.keyProblem);
    const { mayOrder, withdraw, transfer } = this.rights;
    if (mayOrder === false) throw new UserError("This key may not trade; allow trading for it at the exchange and try again.");
    if (withdraw || transfer)
      throw new UserError(`This key may ${withdraw ? "withdraw" : "transfer"}; make one that may only read and trade.`);
    if ((withdraw === undefined || transfer === undefined) && !acknowledged)
      throw new UserError("The exchange does not tell whether this key may withdraw or transfer; add acknowledge:yes.");
  }

  #atRisk(): Decimal {
    return this.#host
      .bots()
      .filter(({ state }) => state.spec.mode === "live")
      .reduce((sum, { state, price }) => sum.plus(state.position.quantity.times(price ?? 0)), ZERO);
  }

  #factsOf(state: AccountState): AccountFacts {
    const { paused } = state.venue;
    const troubles = [...(paused ? [`paused: ${paused.reason}`] : []), ...(this.troubles.get(state.account) ?? [])];
    const cash = state.balances.get("USDT");
    if (state.mode === "paper") return { state, equity: cash, reserved: ZERO, troubles, venue: undefined };
    const exchangeId = state.exchange ?? "";
    const held = this.#host.bots().filter(({ account }) => account === state.account);
    const equity = held.reduce((sum, bot) => sum.plus(bot.state.position.quantity.times(bot.price ?? 0)), cash ?? ZERO);
    const protection = "stops and targets rest at the venue";
    const venue = {
      exchangeId,
      environment: state.mode,
      protection,
      drilled: this.#drilled.has(exchangeId),
      clockOffsetMs: this.clockOffsetMs,
      leverageLimit: exchangeId === "blofin" ? leverageLimitOf(state) : undefined,
    };
    return { state, equity, reserved: ZERO, troubles, venue };
  }
}
