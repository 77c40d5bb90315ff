import type { BotSpec } from "../../src/domain/bot.ts";
import { UserError } from "../../src/domain/errors.ts";
import { type Decimal, decimal } from "../../src/domain/money.ts";
import { isProtective, isTerminal } from "../../src/domain/order.ts";
import { netRealized } from "../../src/domain/position.ts";
import type { AccountFacts, BotFacts, Caller, ManualOrder, PromotionFacts } from "../../src/ports/engine.ts";
import type { WhyFacts } from "../../src/ports/why.ts";
import { wishedSize } from "../../src/risk/sizing.ts";
import type { FakeAccounts, FakeHost } from "./fake-accounts.ts";
import { instrumentOf } from "./fake-instrument.ts";

/** What a trading fake needs beside the accounts. */
export interface FakeTrader extends FakeHost {
  made(): number;
  fill(name: string, side: "buy" | "sell", quantity: string, price: string, requestId?: string): void;
}

const PERCENT = 100;
const FEE_PCT_OF_ROUND_TRIP = 0.2;

/** Promotions and orders by hand, refused as the real engine would refuse them. */
export class FakeTrading {
  /** The bot's time on paper. */
  paperDays = 12;
  /** What bots have decided, by name. */
  readonly decisions = new Map<string, WhyFacts>();
  readonly #accounts: FakeAccounts;
  readonly #host: FakeTrader;

  constructor(host: FakeTrader, accounts: FakeAccounts) {
    this.#host = host;
    this.#accounts = accounts;
  }

  why(name: string): WhyFacts {
    return this.decisions.get(name) ?? { decision: undefined, gates: [] };
  }

  promotion(name: string, accountName: string, wishedName: string | undefined): PromotionFacts {
    const bot = this.#bot(name);
    const account = this.#accounts.known(accountName);
    const { spec, position } = bot.state;
    const newName = wishedName ?? `${name}-${account.venue!.environment}`;
    const instrument = instrumentOf(spec.symbol);
    const equity = account.equity ?? decimal(0);
    const { sizing, protection } = spec;
    const sized = wishedSize({ sizing, equity, quote: instrument.quote, takerFeeBps: instrument.takerFeeBps, stopPct: protection.stopPct });
    const orderNotional = "refused" in sized ? decimal(0) : sized.notional;
    const feePctOfTarget = protection.takePct === undefined ? undefined : (FEE_PCT_OF_ROUND_TRIP / protection.takePct) * PERCENT;
    const refusals = this.#refusals(bot, account, newName, orderNotional);
    return {
      ...{ bot, account, newName, instrument, smallestNotional: instrument.notionalMin, orderNotional, feePctOfTarget },
      lossAtStop: orderNotional.times(protection.stopPct ?? PERCENT).dividedBy(PERCENT),
      margin: undefined,
      dailyLossLimit: equity.times("0.05"),
      positionCap: equity.times("0.5"),
      ceiling: this.#accounts.ceiling(),
      paper: {
        days: this.paperDays,
        fills: position.fillCount,
        netResult: netRealized(position),
        market: "simulated market (invented prices)",
      },
      refusals,
      warnings: position.fillCount < 10 ? [`${name} has only ${position.fillCount} fills on paper.`] : [],
    };
  }

  async promote(name: string, accountName: string, wishedName: string | undefined, caller: Caller): Promise<BotFacts> {
    const { newName, refusals } = this.promotion(name, accountName, wishedName);
    if (this.#host.repeated(caller)) return this.#bot(newName);
    if (refusals.length > 0) throw new UserError(refusals.join(" "));
    const { group: _, ...spec } = this.#bot(name).state.spec;
    await this.#create({ ...spec, group: undefined, name: newName }, accountName, caller);
    return this.#bot(newName);
  }

  async enter(order: ManualOrder, caller: Caller): Promise<BotFacts> {
    const { account, symbol, notional, price, side } = order;
    const { state } = this.#accounts.known(account);
    const market = this.#host.prices.get(symbol);
    if (!market) throw new UserError(`${account} has no ${symbol}.`);
    if (side === "sell") throw new UserError(`${symbol} is spot: only what a bot holds can be sold; use \`position close\`.`);
    this.#refuseEntry(state.account, state.mode, notional);
    if (this.#host.ledger.state.halt) throw new UserError("The desk is halted: nothing new is opened until `system resume`.");
    const name = `hand-${this.#host.made() + 1}`;
    const protection = { stopPct: order.stopPct, takePct: order.takePct, trailingPct: undefined };
    const sizing = { kind: "notional", notional } as const;
    await this.#create(
      {
        name,
        group: undefined,
        symbol,
        timeframe: "1m",
        strategy: "by-hand",
        params: {},
        sizing,
        protection,
        id: "",
        owner: "",
        account,
        mode: "paper",
        ...(order.leverage === undefined ? {} : { leverage: order.leverage }),
      },
      account,
      caller,
    );
    const quantity = notional.dividedBy(price ?? market).decimalPlaces(5, 1);
    if (!price?.isLessThan(market)) this.#host.fill(name, "buy", quantity.toFixed(), market.toFixed());
    return this.#bot(name);
  }

  cancel(clientOrderId: string, caller: Caller): void {
    for (const state of this.#host.books.values()) {
      const order = state.orders.get(clientOrderId);
      if (!order) continue;
      if (isProtective(order))
        throw new UserError(`${clientOrderId} protects a position and is not canceled by hand; close the position instead.`);
      if (order.status === "unknown" || order.status === "in-flight")
        throw new UserError(`${clientOrderId} is unanswered; it can be canceled once it is found.`);
      if (isTerminal(order.status)) throw new UserError(`${clientOrderId} has ended already.`);
      this.#host.append(state, { type: "order-canceled", botId: order.botId, clientOrderId, reason: "asked for" }, caller);
      return;
    }
    throw new UserError(`There is no working order ${clientOrderId}.`);
  }

  async #create(wish: BotSpec, account: string, caller: Caller): Promise<void> {
    const { state } = this.#accounts.known(account);
    const spec: BotSpec = { ...wish, id: `v${this.#host.made() + 1}`, owner: caller.user, account, mode: state.mode };
    const { id: botId, name, group, owner } = spec;
    this.#host.append(state, { type: "bot-created", bot: spec }, caller);
    this.#host.append(state, { type: "bot-started", botId }, caller);
    await this.#host.ledger.append([{ type: "bot-registered", botId, name, group, owner, account }]);
  }

  #refusals(bot: BotFacts, account: AccountFacts, newName: string, notional: Decimal): readonly string[] {
    const { spec } = bot.state;
    const { environment } = account.venue!;
    const ceiling = this.#accounts.ceiling();
    const same = this.#host.bots().find(({ state, account: at }) => at === account.state.account && state.spec.symbol === spec.symbol);
    return [
      spec.mode === "paper" ? undefined : `${spec.name} is not a paper bot; only those are promoted.`,
      this.#host.bots().some(({ state }) => state.spec.name === newName)
        ? `The name ${newName} is taken; give another one with name:`
        : undefined,
      environment === "live" && !ceiling ? "This process allows no live trading: set LIVE_CEILING and start it again." : undefined,
      environment === "live" && ceiling?.limit.isLessThan(notional)
        ? `One order would exceed the ceiling of ${ceiling.limit.toFixed()} USDT.`
        : undefined,
      notional.isLessThan(5) ? "The order would be below the smallest that the venue takes; give the bot a larger size." : undefined,
      spec.protection.stopPct === undefined ? `${spec.name} has no stop, and a real position must have one.` : undefined,
      account.state.venue.paused ? `${account.state.account} is paused: ${account.state.venue.paused.reason}.` : undefined,
      same ? `${same.state.spec.name} trades ${spec.symbol} in ${account.state.account} already, and there can be one.` : undefined,
    ].filter((each) => each !== undefined);
  }

  #refuseEntry(account: string, mode: string, notional: Decimal): void {
    const { paused } = this.#accounts.known(account).state.venue;
    if (paused) throw new UserError(`${account} is paused: ${paused.reason}.`);
    if (notional.isLessThan(5)) throw new UserError("The smallest order that works is 5 USDT.");
    if (mode !== "live") return;
    const ceiling = this.#accounts.ceiling();
    if (!ceiling) throw new UserError("This process allows no live trading: set LIVE_CEILING and start it again.");
    if (!ceiling.atRisk || ceiling.atRisk.plus(notional).isGreaterThan(ceiling.limit))
      throw new UserError(`This would exceed the ceiling of ${ceiling.limit.toFixed()} USDT.`);
  }

  #bot(name: string): BotFacts {
    const bot = this.#host.bots().find(({ state }) => state.spec.name === name);
    if (!bot) throw new UserError(`There is no bot named ${name}.`);
    return bot;
  }
}
