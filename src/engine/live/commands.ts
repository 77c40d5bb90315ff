import { TransientError, UserError } from "../../domain/errors.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { type Decimal, decimal, plain } from "../../domain/money.ts";
import { isProtective } from "../../domain/order.ts";
import { marketMs } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { BotFacts, Caller, ManualOrder, PromotionFacts } from "../../ports/engine.ts";
import type { CeilingFacts, DrillStep } from "../../ports/venue-facts.ts";
import { LEVERAGE_LIMIT_MOST, leverageLimitOf } from "../../risk/leverage.ts";
import { checkAlone, traderOf } from "../../risk/one-bot.ts";
import type { Account } from "../account.ts";
import type { Accounts } from "../accounts.ts";
import type { Bots } from "../bots.ts";
import type { Desk } from "../desk.ts";
import { BY_HAND } from "../hand-bots.ts";
import { accountStream } from "../streams.ts";
import { LiveAccount } from "./account.ts";
import type { LiveDesk } from "./desk.ts";
import { Drill } from "./drill.ts";
import { checkManual, manualEvents, manualSpec } from "./manual.ts";
import { promotedSpec, promotionFacts } from "./promotion.ts";

export interface VenueCommandParts {
  readonly clock: Clock;
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly bots: Bots;
  readonly live: LiveDesk;
}

const DRILL_STOP_PCT = 5;

/** What people do at real exchanges beyond accounts as such: going live with a bot, orders by hand, drills, the ceiling. */
export class VenueCommands {
  readonly #parts: VenueCommandParts;

  constructor(parts: VenueCommandParts) {
    this.#parts = parts;
  }

  promotion(bot: BotFacts, accountName: string, newName: string | undefined): PromotionFacts {
    const { live, bots, desk, accounts } = this.#parts;
    const account = live.find(accountName);
    const { spec } = bot.state;
    const name = newName ?? bots.freeName(`${spec.name}-${account.state.mode}`.slice(0, 28));
    const home = accounts.get(accountStream(bot.account));
    return promotionFacts({
      bot,
      paperMarket: home?.services.market.label ?? "a market that is not open",
      account,
      newName: name,
      nameTaken: bots.freeName(name) !== name,
      limits: account.services.limits,
      drilled: desk.state.drilled.includes(account.state.exchange ?? ""),
    });
  }

  /** Makes the new flat bot beside the old one and starts it. Answers its name. */
  async promote(bot: BotFacts, accountName: string, newName: string | undefined, caller: Caller): Promise<string> {
    const { live, bots } = this.#parts;
    const account = live.find(accountName);
    const done = account.state.requests.includes(caller.requestId) ? bots.madeFor(caller) : undefined;
    if (done !== undefined) return done;
    const facts = this.promotion(bot, accountName, newName);
    if (facts.refusals.length === 0) await prepare(account, bot.state.spec);
    if (facts.refusals.length > 0) throw new UserError(facts.refusals.join(" "));
    const { newName: wished } = facts;
    const started = (spec: { readonly id: string }): AccountEvent => ({ type: "bot-started", botId: spec.id });
    return bots.createIn(
      account,
      // Two may be promoted at once, and nobody chose their names.
      newName === undefined ? () => bots.madeFor(caller) ?? bots.freeName(wished) : wished,
      caller,
      (id, name) => promotedSpec(bot.state.spec, account, { id, name, owner: caller.user }),
      (spec) => {
        checkAlone(account.state.bots.values(), spec);
        return [{ type: "bot-created", bot: spec }, started(spec)];
      },
    );
  }

  /** Enters by hand, in a bot of its own. Answers its name. */
  async enter(order: ManualOrder, caller: Caller, nameAs?: string): Promise<string> {
    const { accounts, bots } = this.#parts;
    const account = accounts.get(accountStream(order.account));
    if (!account || account.state.venue.removed) throw new UserError(`There is no account named ${order.account.slice(0, 40)}.`);
    const done = account.state.requests.includes(caller.requestId) && lastByHand(account, order.symbol, caller);
    if (done) return done;
    const rules = checkManual(order, account);
    await seePrice(account, order.symbol);
    await prepare(account, order);
    const coin = rules.base.toLowerCase().replace(/[^a-z0-9]/g, "");
    const { mode } = account.state;
    return bots.createIn(
      account,
      () => bots.freeName(nameAs ?? `hand-${coin}`.slice(0, 28)),
      caller,
      (id, name) => manualSpec(order, { id, name, owner: caller.user }, mode),
      (spec) => manualEvents(order, spec, account, rules, caller),
    );
  }

  /** Sets a bot's symbol up at its exchange once more, for somebody may have changed it there meanwhile. What does not answer is read again by the reconciler. */
  async prepareStart(name: string): Promise<void> {
    const { account, bot } = this.#parts.bots.find(name);
    // What another bot trades there has its own leverage; the start itself then says why it cannot be.
    if (bot.status === "running" || (traderOf(account.state.bots.values(), bot.spec.symbol) ?? bot) !== bot) return;
    await prepare(account, bot.spec).catch((failure: unknown) => {
      if (!(failure instanceof TransientError)) throw failure;
    });
  }

  /** The most leverage that anything in an account may have, while it is `from` still. What is held keeps its own. */
  async limitLeverage(name: string, leverage: number, caller: Caller, from?: number): Promise<void> {
    const account = this.#parts.live.find(name);
    if (account.venue && account.venue.traits.kind !== "perpetual") throw new UserError(noLeverage(account));
    if (!Number.isInteger(leverage) || leverage < 1 || leverage > LEVERAGE_LIMIT_MOST)
      throw new UserError(`The leverage of an account is limited to a whole number from 1 to ${LEVERAGE_LIMIT_MOST}, found ${leverage}.`);
    if (account.state.requests.includes(caller.requestId)) return;
    await account.appendOnce(() => {
      const now = leverageLimitOf(account.state);
      if (from !== undefined && now !== from)
        throw new UserError(
          `Somebody else has set this limit to ${now} in the same moment. Nothing was done; send it again if it is still wished.`,
        );
      return [{ type: "leverage-limited", leverage, by: caller.user }];
    }, caller.requestId);
  }

  /** Cancels a working entry. What protects a position is not canceled by hand. */
  async cancel(clientOrderId: string, caller: Caller): Promise<void> {
    const found = this.#parts.accounts.all().find(({ state }) => state.orders.has(clientOrderId));
    const order = found?.state.orders.get(clientOrderId);
    if (!found || !order)
      throw new UserError(`No working order has the id ${clientOrderId.slice(0, 40)}. order list shows those there are.`);
    if (isProtective(order)) throw new UserError("This order protects a position. Close the position instead: position close.");
    if (order.purpose !== "entry") throw new UserError("This order closes a position; it is not canceled by hand.");
    if (order.status === "unknown" || order.status === "in-flight")
      throw new UserError(
        "Nobody knows yet whether this order reached the exchange; it is being looked for and cannot be canceled before it is found.",
      );
    await this.#cancelIn(found, clientOrderId, caller);
  }

  async #cancelIn(account: Account, clientOrderId: string, caller: Caller): Promise<void> {
    await account.queue.runFirst(async () => {
      const order = account.state.orders.get(clientOrderId);
      const bot = order && account.state.bots.get(order.botId);
      if (!bot) return;
      await account.executor.send(await account.executor.cancelEntries(bot, `canceled by ${caller.user}`), caller.requestId);
    });
  }

  /** Only ever lower: what the process allows is not for chat to raise. */
  async lowerCeiling(amount: Decimal, caller: Caller): Promise<CeilingFacts> {
    const { live, desk } = this.#parts;
    const facts = live.ceiling.facts();
    if (!facts) throw new UserError("This process allows no live trading, so there is no ceiling to lower.");
    if (amount.isNegative() || amount.isGreaterThanOrEqualTo(facts.limit))
      throw new UserError(
        `The ceiling is ${plain(facts.limit)} ${facts.currency}; it can only be lowered here, and raised only by the setting LIVE_CEILING.`,
      );
    // Somebody else may lower it further while this waits for its turn: what came first would be raised.
    const isLower = () => amount.isLessThan(live.ceiling.facts()?.limit ?? amount);
    await desk.append(() => (isLower() ? [{ type: "ceiling-lowered", amount, by: caller.user }] : []), caller.requestId);
    return live.ceiling.facts() ?? facts;
  }

  /** Runs the smallest real order life in a demo account. */
  async drill(name: string, caller: Caller, told: (step: DrillStep) => void): Promise<readonly DrillStep[]> {
    const { live, clock, desk, bots } = this.#parts;
    const account = live.find(name);
    if (account.state.mode !== "demo") throw new UserError("A drill runs in a demo account only: connect one with environment:demo.");
    const closed = account.closed();
    if (closed !== undefined) throw new UserError(`The drill cannot begin: ${closed}. Try again in a moment.`);
    const symbol = drillSymbol(account);
    const rules = account.rulesOf(symbol);
    const notional = (rules?.notionalMin ?? decimal(5)).times(3);
    const steps = await new Drill(account, clock, told).run({
      enter: async () => {
        const order: ManualOrder = {
          account: name,
          symbol,
          side: "buy",
          notional,
          price: undefined,
          stopPct: DRILL_STOP_PCT,
          takePct: undefined,
        };
        const made = await this.enter(order, { ...caller, requestId: `${caller.requestId}/enter` }, "drill");
        return bots.find(made).bot.spec.id;
      },
      close: async (botId) => {
        const spec = account.state.bots.get(botId)?.spec;
        if (spec) await bots.stop(spec.name, true, { ...caller, requestId: `${caller.requestId}/close` });
      },
    });
    const confirmed = steps.filter(({ outcome }) => outcome === "confirmed").length;
    const refuted = steps.filter(({ outcome }) => outcome === "refuted").length;
    await desk.append(
      [{ type: "drill-done", exchange: account.state.exchange ?? "", account: name, confirmed, refuted }],
      caller.requestId,
    );
    return steps;
  }
}

/** Perpetual contracts: modes and leverage are as the desk needs them before the first order. */
async function prepare(account: Account, { symbol, leverage }: Pick<ManualOrder, "symbol" | "leverage">): Promise<void> {
  if (account instanceof LiveAccount && account.venue) await account.preparations.prepare(account.venue, symbol, leverage);
}

function noLeverage({ state }: Account): string {
  return `${state.account} trades spot at ${state.exchange ?? "its exchange"}, where there is no leverage to limit. Choose an account at an exchange with perpetual contracts.`;
}

/** The bot that a repeated request has made already: the newest by hand of that person in that symbol. */
function lastByHand({ state }: Account, symbol: string, { user }: Caller): string | undefined {
  const own = [...state.bots.values()].filter(({ spec }) => spec.strategy === BY_HAND && spec.symbol === symbol && spec.owner === user);
  return own.at(-1)?.spec.name;
}

/** A symbol that no bot reads has no price yet: it is asked for. */
async function seePrice(account: Account, symbol: string): Promise<void> {
  const { market, hub } = account.services;
  if (market.pace !== "live") return;
  const [reading] = await market.prices(new Set([symbol]));
  if (reading) hub.seePrice(symbol, reading.price, marketMs(reading.wallMs), reading.quote);
}

/** The symbol of a drill: the one that everybody trades, in the account's currency. */
function drillSymbol({ rules, state }: ReturnType<LiveDesk["find"]>): string {
  const currency = state.currency;
  const candidates = [
    `BTC/${currency}`,
    `BTC/${currency}:${currency}`,
    ...[...rules.values()].filter(({ quote }) => quote === currency).map(({ symbol }) => symbol),
  ];
  const symbol = candidates.find((each) => rules.has(each));
  if (symbol === undefined) throw new UserError(`The exchange lists nothing that is paid in ${currency}.`);
  return symbol;
}
