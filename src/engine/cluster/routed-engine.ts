import { TransientError, UserError } from "../../domain/errors.ts";
import { UnknownEvent } from "../../domain/event-codec.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  AccountFacts,
  AccountTest,
  BotFacts,
  BotLook,
  BotRanges,
  Breakers,
  Caller,
  Engine,
  ManualOrder,
  NewAccount,
  NewBot,
  PanicFacts,
  PriceFacts,
  PromotionFacts,
} from "../../ports/engine.ts";
import type { Vault } from "../../ports/vault.ts";
import type { DrillStep, ReconcileFacts } from "../../ports/venue-facts.ts";
import type { WhyFacts } from "../../ports/why.ts";
import type { Accounts } from "../accounts.ts";
import type { Desk } from "../desk.ts";
import type { TradingEngine } from "../engine.ts";
import { handedPurpose } from "../live/desk.ts";
import { accountStream } from "../streams.ts";
import { type Asker, NobodyAnswers } from "./asker.ts";
import { type Call, type CallArgs, type CallResult, STANDS } from "./calls.ts";
import { DESK_VIEW_MAX_MS, type Following } from "./following.ts";
import { Repeats } from "./repeats.ts";

export interface RoutedParts {
  readonly own: TradingEngine;
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly asker: Asker;
  readonly following: Following;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Gives an account that was connected here to whoever runs accounts. */
  readonly hand: (stream: string) => Promise<void>;
  /** A name that nothing else on the desk will ever have. */
  readonly newId: () => string;
}

/**
 * The engine as people see it where other processes have the accounts: what the books say comes from their streams, which are followed here; what is done, and
 * what only its process knows, is asked of the process that has the account. What is about the whole desk is done here.
 */
export class RoutedEngine implements Engine {
  readonly #parts: RoutedParts;
  readonly #repeats = new Repeats();
  readonly audit: Engine["audit"];
  readonly alerts: Engine["alerts"];
  readonly rates: Engine["rates"];
  readonly changes: Engine["changes"];
  readonly breakers: Breakers;
  readonly markets: Engine["markets"];
  readonly candles: Engine["candles"];
  readonly bots: Engine["bots"];
  readonly bot: Engine["bot"];
  readonly accounts: Engine["accounts"];
  readonly accountOf: Engine["accountOf"];
  readonly account: Engine["account"];
  readonly market: Engine["market"];
  readonly health: Engine["health"];
  readonly nodes: Engine["nodes"];
  readonly limits: Engine["limits"];
  readonly ceiling: Engine["ceiling"];
  readonly lowerCeiling: Engine["lowerCeiling"];
  readonly moveMarket: Engine["moveMarket"];

  constructor(parts: RoutedParts) {
    this.#parts = parts;
    const { own } = parts;
    this.audit = own.audit;
    this.alerts = own.alerts;
    this.rates = own.rates;
    this.markets = () => own.markets();
    this.candles = (...asked) => own.candles(...asked);
    this.bots = () => own.bots();
    this.bot = (name) => own.bot(name);
    this.accounts = () => own.accounts();
    this.accountOf = (owner) => own.accountOf(owner);
    this.account = (name) => own.account(name);
    this.market = () => own.market();
    this.health = () => own.health();
    this.nodes = own.nodes;
    this.limits = () => own.limits();
    this.ceiling = () => own.ceiling();
    this.lowerCeiling = (amount, caller) => own.lowerCeiling(amount, caller);
    this.moveMarket = (span) => own.moveMarket(span);
    this.changes = {
      preview: (name, change) => this.#ofBot(name, "previewChange", [name, change]),
      previewUndo: (name) => this.#ofBot(name, "previewUndo", [name]),
      set: (name, change, caller) => this.#ofBot(name, "setBot", [name, change, caller], caller),
      undo: (name, caller) => this.#ofBot(name, "undoBot", [name, caller], caller),
    };
    this.breakers = {
      all: () => own.breakers.all(),
      setting: (breaker, scope) => own.breakers.setting(breaker, scope),
      reset: (account, breaker, reason, caller) => this.#at(account, "resetBreaker", [account, breaker, reason, caller], caller),
    };
  }

  /** Without a word of the process that has it, what the books say: a bot that was just made must not seem not to be, because nobody can tell more of it. */
  async look(name: string): Promise<BotLook> {
    try {
      return await this.#ofBot(name, "look", [name]);
    } catch (failure) {
      const bot = this.#parts.own.bot(name);
      if (!bot || !(failure instanceof NobodyAnswers || failure instanceof TransientError)) throw failure;
      return { bot, entryNow: undefined, plan: undefined };
    }
  }

  entryNow(name: string): Promise<BotLook["entryNow"]> {
    return this.#ofBot(name, "entryNow", [name]);
  }

  why(name: string): Promise<WhyFacts> {
    return this.#ofBot(name, "why", [name]);
  }

  whyAt(name: string, atMs: Parameters<Engine["whyAt"]>[1]): Promise<WhyFacts> {
    return this.#ofBot(name, "whyAt", [name, atMs]);
  }

  async createBot(wish: NewBot, caller: Caller): Promise<BotFacts> {
    const account = await this.#parts.accounts.register(caller.user);
    return this.#at(account, "createBot", [wish, caller], caller, wish.name);
  }

  startBot(name: string, caller: Caller): Promise<BotFacts> {
    return this.#ofBot(name, "startBot", [name, caller], caller);
  }

  stopBot(name: string, close: boolean, caller: Caller): Promise<BotFacts> {
    return this.#ofBot(name, "stopBot", [name, close, caller], caller);
  }

  deleteBot(name: string, caller: Caller): Promise<void> {
    return this.#ofBot(name, "deleteBot", [name, caller], caller);
  }

  closePosition(name: string, caller: Caller): Promise<BotFacts> {
    return this.#ofBot(name, "closePosition", [name, caller], caller);
  }

  async promotion(bot: string, account: string, newName: string | undefined): Promise<PromotionFacts> {
    return this.#at(account, "promotion", [bot, account, newName, await this.#rangesOf(bot)]);
  }

  async promoteBot(bot: string, account: string, newName: string | undefined, caller: Caller): Promise<BotFacts> {
    return this.#at(account, "promoteBot", [bot, account, newName, caller, await this.#rangesOf(bot)], caller, bot);
  }

  /** Whoever runs a paper bot need not be whoever has the account that it is promoted into. */
  async #rangesOf(bot: string): Promise<BotRanges> {
    const { atrPct, stopPct } = (await this.look(bot)).bot;
    return { atrPct, stopPct };
  }

  enterOrder(order: ManualOrder, caller: Caller): Promise<BotFacts> {
    return this.#at(order.account, "enterOrder", [order, caller], caller, order.symbol);
  }

  async cancelOrder(clientOrderId: string, caller: Caller): Promise<void> {
    const { own, accounts } = this.#parts;
    const account = accounts.all().find(({ state }) => state.orders.has(clientOrderId));
    if (!account) return own.cancelOrder(clientOrderId, caller);
    return this.#at(account.state.account, "cancelOrder", [clientOrderId, caller], caller, clientOrderId);
  }

  async price(symbol: string, account?: string): Promise<PriceFacts | undefined> {
    const known = account === undefined ? undefined : this.#parts.accounts.get(accountStream(account));
    if (account === undefined || !known || known.state.mode === "paper") return this.#parts.own.price(symbol, account);
    return this.#at(account, "price", [symbol, account]);
  }

  /** A new account is made here, where its key was typed, and then handed on; another key of a known one goes sealed to the process that has it. */
  async connectAccount({ credentials, ...wish }: NewAccount, caller: Caller): Promise<AccountFacts> {
    const { own, accounts, vault, hand } = this.#parts;
    const stream = accountStream(wish.name);
    const known = accounts.get(stream);
    // A name without books was left by a store that failed while its account was made.
    if (known && !known.isHeld && known.state.sequence > 0 && !known.state.venue.removed) {
      const { apiKey, secret, passphrase } = credentials;
      const sealed = await vault.seal(handedPurpose(wish.name), { apiKey, secret, ...(passphrase && { passphrase }) });
      await this.#at(wish.name, "changeKey", [wish, sealed, caller], caller);
    } else {
      await own.connectAccount({ ...wish, credentials }, caller);
      await hand(stream);
    }
    const facts = own.account(wish.name);
    if (!facts) throw new UserError(`The account ${wish.name} is connected, and its books are not read yet. Look again in a moment.`);
    return facts;
  }

  testAccount(name: string): Promise<AccountTest> {
    return this.#at(name, "testAccount", [name]);
  }

  reconcileAccount(name: string, caller: Caller): Promise<ReconcileFacts> {
    return this.#at(name, "reconcileAccount", [name], caller);
  }

  /** The steps are told when all of them have ended. */
  async drillAccount(name: string, caller: Caller, onStep: (step: DrillStep) => void): Promise<readonly DrillStep[]> {
    const steps = await this.#at(name, "drillAccount", [name, caller], caller);
    for (const step of steps) onStep(step);
    return steps;
  }

  removeAccount(name: string, caller: Caller): Promise<void> {
    return this.#at(name, "removeAccount", [name, caller], caller);
  }

  resumeAccount(name: string, caller: Caller): Promise<void> {
    return this.#at(name, "resumeAccount", [name, caller], caller);
  }

  limitLeverage(account: string, leverage: number, caller: Caller, from?: number): Promise<void> {
    return this.#at(account, "limitLeverage", [account, leverage, caller, from], caller);
  }

  /** Answered when every process has read it, or is too blind to let anything enter. */
  async halt(reason: string, untilMs: Parameters<Engine["halt"]>[1], caller: Caller): Promise<void> {
    await this.#parts.own.halt(reason, untilMs, caller);
    await this.#parts.clock.sleep(DESK_VIEW_MAX_MS);
  }

  resume(caller: Caller): Promise<void> {
    return this.#parts.own.resume(caller);
  }

  /** Written down here; each process sells what is in its accounts as soon as it has read it. Answered, as a halt is, when nothing enters any more. */
  async panic(reason: string, caller: Caller): Promise<PanicFacts> {
    const facts = await this.#parts.own.panic(reason, caller);
    await this.#parts.clock.sleep(DESK_VIEW_MAX_MS);
    return facts;
  }

  async #ofBot<C extends Call>(name: string, call: C, args: CallArgs<C>, caller?: Caller): Promise<CallResult<C>> {
    const registered = this.#parts.desk.names.named(name);
    if (!registered) throw new UserError(`There is no bot named ${name.slice(0, 40)}.`);
    return this.#at(registered.account, call, args, caller, name);
  }

  /** What changes something is asked under the request's id, so that a repeated request is the same ask. */
  async #at<C extends Call>(account: string, call: C, args: CallArgs<C>, caller?: Caller, subject = account): Promise<CallResult<C>> {
    const { asker, desk, following, newId } = this.#parts;
    if (!desk.state.accounts.has(account)) throw new UserError(`There is no account named ${account.slice(0, 40)}.`);
    const id = caller ? this.#repeats.idOf(`${caller.requestId}/${call}/${subject}`) : newId();
    const of = `the account ${account}`;
    const wish = { id, stream: accountStream(account), call, args, stands: STANDS.has(call), isQuestion: caller === undefined, of };
    const { result, reached } = await asker.ask(wish).catch((failure: unknown) => {
      const isTakenBack = failure instanceof NobodyAnswers && failure.isTakenBack;
      if (caller && (isTakenBack || !(failure instanceof UserError))) this.#repeats.failed(id);
      throw failure;
    });
    await following.reach(reached).catch((failure: unknown) => {
      if (!(failure instanceof UnknownEvent)) throw failure;
      throw new UserError(
        `The account ${account} is with a process of a newer version, which has done what it was asked for, and this one gives way to it. Look again in a moment what came of it.`,
      );
    });
    // Both ends are checked against one table by the compiler.
    return result as CallResult<C>;
  }
}
