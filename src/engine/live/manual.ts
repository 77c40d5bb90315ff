import { newBot } from "../../domain/books.ts";
import type { BotSpec } from "../../domain/bot.ts";
import { UserError } from "../../domain/errors.ts";
import type { AccountEvent } from "../../domain/events.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { decimal } from "../../domain/money.ts";
import type { Caller, ManualOrder } from "../../ports/engine.ts";
import { checkEntry } from "../../risk/entry.ts";
import { aboveLeverageLimit, checkLeverage, checkLeveragedStop } from "../../risk/leverage.ts";
import { checkAlone } from "../../risk/one-bot.ts";
import type { Account } from "../account.ts";
import { openingEquity } from "../decide.ts";
import { BY_HAND } from "../hand-bots.ts";
import { countedBy, marketIntent, type Wish } from "../intents.ts";
import { sizeQuestion } from "../sizing.ts";
import { Funds } from "../valuation.ts";
import { LiveAccount } from "./account.ts";
import { feasible, gate } from "./gate.ts";
import { entryBound, entryIntent } from "./intents.ts";
import { ENTRY_PRICE_AGE_MS } from "./limits.ts";

const STOP_MAX_PCT = 90;

/** The spec of the bot that an order by hand gets: it holds and protects what was entered. */
export function manualSpec(order: ManualOrder, identity: { id: string; name: string; owner: string }, mode: BotSpec["mode"]): BotSpec {
  return {
    ...identity,
    group: undefined,
    account: order.account,
    mode,
    symbol: order.symbol,
    timeframe: "1m",
    strategy: BY_HAND,
    params: {},
    sizing: { kind: "notional", notional: order.notional },
    protection: { stopPct: order.stopPct, takePct: order.takePct, trailingPct: undefined },
    ...(order.leverage === undefined ? {} : { leverage: order.leverage }),
  };
}

/** Refuses what no account takes; throws UserError in one sentence. */
export function checkManual(order: ManualOrder, account: Account): Instrument {
  const rules = account instanceof LiveAccount ? account.rulesOf(order.symbol) : account.services.market.instruments.get(order.symbol);
  if (!rules)
    throw new UserError(`${order.account} cannot trade ${order.symbol.slice(0, 40)}. market pairs and market price show what there is.`);
  if (rules.quote !== account.state.currency)
    throw new UserError(
      `${order.symbol} is paid in ${rules.quote}, and ${order.account} holds ${account.state.currency}. Choose another symbol.`,
    );
  if (account instanceof LiveAccount) checkAlone(account.state.bots.values(), order);
  if (order.side === "sell" && !rules.contract)
    throw new UserError("Short positions exist on perpetual contracts only. Close a position with position close instead.");
  if (order.side === "sell" && !(account instanceof LiveAccount)) throw new UserError("A paper account cannot be short.");
  if (!(order.stopPct >= 0.1 && order.stopPct <= STOP_MAX_PCT))
    throw new UserError(`An order needs a stop between 0.1% and ${STOP_MAX_PCT}%.`);
  if (order.leverage !== undefined) checkLeverage(rules, order.leverage);
  const leveraged = aboveLeverageLimit(account.state, order.leverage);
  if (leveraged !== undefined) throw new UserError(`leverage: ${leveraged}.`);
  checkLeveragedStop(rules, order.side, order.leverage ?? 1, order.stopPct);
  if (order.notional.isLessThanOrEqualTo(0)) throw new UserError("The amount must be above zero.");
  return rules;
}

/** The events that enter by hand: the same risk door, the same protection. Throws UserError with the reason of a denial. */
export function manualEvents(order: ManualOrder, spec: BotSpec, account: Account, rules: Instrument, caller: Caller): AccountEvent[] {
  const { state, services } = account;
  const bot = newBot(spec);
  const seen = services.hub.price(order.symbol);
  if (account instanceof LiveAccount) {
    checkAlone(state.bots.values(), order);
    const question = {
      state,
      bot,
      closed: account.closed() ?? account.preparations.missing(spec),
      priceAgeMs: seen && services.now() - seen.atMs,
      priceAgeMaxMs: ENTRY_PRICE_AGE_MS,
    };
    const denied = gate(question);
    if (denied) throw new UserError(`The order was denied: ${denied.because}.`);
  }
  if (!seen) throw new UserError(`No price of ${order.symbol} was seen yet. Try again in a moment.`);
  const bound = account instanceof LiveAccount ? (order.price ?? entryBound(seen.price, order.side, rules)) : decimal(seen.price);
  const funds = new Funds(account);
  const asked = services.risk.question(account, spec, { instrument: rules, slot: undefined }, []);
  const answer = checkEntry({
    instrument: rules,
    price: bound,
    ...sizeQuestion(spec, undefined),
    ...asked,
    limits: services.limits,
    equity: funds.equity,
    cashFree: funds.free,
    dayOpeningEquity: openingEquity(state),
    halted: services.halted(),
    late: false,
    ceilingRoom: account instanceof LiveAccount ? account.ceiling?.room(rules.quote, asked.counter) : undefined,
  });
  if (!answer.allowed) throw new UserError(`The order was denied: ${answer.because}.`);
  const denied = account instanceof LiveAccount ? feasible(bot, { side: order.side, quantity: answer.quantity, bound }, rules) : undefined;
  if (denied) throw new UserError(`The order was denied: ${denied.because}.`);
  const wish: Wish = {
    decision: caller.requestId,
    slotMs: services.now(),
    reason: `entered by ${caller.user}`,
    values: {},
    ...countedBy(answer),
  };
  const intent =
    account instanceof LiveAccount
      ? entryIntent(bot, order.side, answer.quantity, bound, wish)
      : { ...marketIntent(bot, "entry", answer.quantity, wish), ...(order.price ? { type: "limit" as const, price: order.price } : {}) };
  return [
    { type: "bot-created", bot: spec },
    { type: "bot-started", botId: spec.id },
    { type: "intent", intent },
  ];
}
