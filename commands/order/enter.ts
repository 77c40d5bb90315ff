import { accountHeld } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { feeText, moneyText, priceText, quantityText } from "../../src/chat/amounts.ts";
import { choice } from "../../src/chat/args.ts";
import { accountName, amount, leverage, percent, price, venueSymbol } from "../../src/chat/args-venue.ts";
import { botCard, haltLine, shownName } from "../../src/chat/bot-cards.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { atRiskText } from "../../src/chat/in-all.ts";
import { previewOf, symbolsMeant } from "../../src/chat/order-preview.ts";
import { liquidationText } from "../../src/chat/promotion-card.ts";
import { pauseWords } from "../../src/chat/venue-reasons.ts";
import { card } from "../../src/chat/view.ts";
import { TransientError, UserError } from "../../src/domain/errors.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";
import type { Decimal } from "../../src/domain/money.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { BotFacts, ManualOrder, PriceFacts } from "../../src/ports/engine.ts";
import type { CeilingFacts } from "../../src/ports/venue-facts.ts";
import { aboveLeverageLimit } from "../../src/risk/leverage.ts";
import { checkAlone } from "../../src/risk/one-bot.ts";

/** Above any take-profit that a person means. */
const TAKE_BELOW_PCT = 1_000;

interface Wish {
  readonly account: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly amount: { readonly value: Decimal; readonly currency: string | undefined };
  readonly stop: number;
  readonly price?: Decimal | undefined;
  readonly take?: number | undefined;
  readonly leverage?: number | undefined;
}

export default defineCommand({
  summary: "Opens a position by hand, risk-checked and with its stop; asks before it does",
  role: "trader",
  factor: true,
  factorUnless: ({ args, engine }) => engine.account(args.account)?.venue?.environment === "demo",
  args: {
    account: accountName.describe("Which account at an exchange"),
    symbol: venueSymbol.describe("What to trade"),
    side: choice(["buy", "sell"], "Buy, or sell short?").describe("buy, or sell (short, on perpetuals only)"),
    amount: amount.describe("How large, in the currency it is paid in"),
    stop: percent(100).describe("Stop loss away from the entry price"),
    price: price.describe("Worst price: filled at once at that or better, or not at all; near the price now when not given").optional(),
    take: percent(TAKE_BELOW_PCT).describe("Take profit away from the entry price").optional(),
    leverage: leverage.describe("On perpetual contracts: how many times its margin the position is worth; 1 when not given").optional(),
  },
  danger: (call) => question(call),
  async run(call) {
    const { engine, caller, desk } = call;
    const { order } = await orderOf(call);
    const bot = await engine.enterOrder(order, caller);
    const halted = haltLine(desk.state.halt);
    if (isFlat(bot.state.position) && wasRefused(bot, engine))
      return card(`The exchange refused the order of ${shownName(bot)}`)
        .bad()
        .line("Its reason comes as an alert. Nothing was bought.", halted);
    if (isFlat(bot.state.position) && bot.orders.length === 0)
      return card(`The order of ${shownName(bot)} did not fill`)
        .warning()
        .line("No price was as good as its worst price, so nothing was done.", halted);
    return botCard(
      await engine.look(bot.state.spec.name),
      engine,
      `${shownName(bot)} ${order.side === "buy" ? "buys" : "sells short"} ${order.symbol}`,
    )
      .good()
      .line("The fill comes as an alert; its stop follows at once, and `position list` shows it.", halted);
  },
});

/** Whether the exchange has said no to the only order that the bot made. */
function wasRefused({ state, account, orders }: BotFacts, engine: Call<Wish>["engine"]): boolean {
  const ended = engine.account(account)?.state.venue.closed.values() ?? [];
  return orders.length === 0 && [...ended].some(({ botId, status }) => botId === state.spec.id && status === "rejected");
}

/** The order with the price and the rules that it meets now. */
async function orderOf(call: Call<Wish>): Promise<{ readonly order: ManualOrder; readonly facts: PriceFacts }> {
  const { args } = call;
  const account = accountHeld(call, args.account);
  const meant = symbolsMeant(args.symbol, account);
  const facts = await priceOf(call, meant, exchangeName(account.venue.exchangeId));
  if (!facts)
    throw new UserError(`symbol: ${exchangeName(account.venue.exchangeId)} has no ${meant[0]} to trade now; look at its name there.`);
  const { symbol, quote } = facts.instrument;
  const { value: notional, currency = quote } = args.amount;
  if (currency !== quote) throw new UserError(`amount: ${symbol} is paid in ${quote}, found ${currency}; give the amount in ${quote}.`);
  const leveraged = aboveLeverageLimit(account.state, args.leverage);
  if (leveraged !== undefined && facts.instrument.contract) throw new UserError(`leverage: ${leveraged}.`);
  const { account: name, side, leverage } = args;
  const order = { account: name, symbol, side, notional, price: args.price, stopPct: args.stop, takePct: args.take };
  return { order: leverage === undefined ? order : { ...order, leverage }, facts };
}

/** The first of the symbols that has a price; what its exchange cannot be asked now is told as it is, for somebody waits to trade. */
async function priceOf({ args, engine }: Call<Wish>, symbols: readonly string[], exchange: string): Promise<PriceFacts | undefined> {
  try {
    const found = await Promise.all(symbols.map((symbol) => engine.price(symbol, args.account)));
    return found.find((each) => each !== undefined);
  } catch (failure) {
    if (!(failure instanceof TransientError)) throw failure;
    throw new UserError(`${exchange} gives no price now: ${failure.message}. Nothing was done; try again in a moment.`, {
      cause: failure,
    });
  }
}

/** The engine refuses it at the end; whoever waits for a second factor is told before. */
function refuseSecondBot(engine: Call<Wish>["engine"], order: ManualOrder): void {
  const inAccount = engine.bots().filter(({ account }) => account === order.account);
  const states = inAccount.map(({ state }) => state);
  checkAlone(states, order);
}

async function question(call: Call<Wish>) {
  const { engine, caller } = call;
  const { state, venue } = accountHeld(call, call.args.account);
  const { paused } = state.venue;
  if (paused)
    throw new UserError(`${accountNameFor(state, caller.user)} is paused: ${pauseWords(paused.code).why}. ${pauseWords(paused.code).todo}`);
  const { order, facts } = await orderOf(call);
  const { base, quote } = facts.instrument;
  const { quantity, price: worst, notional, stopPrice, takePrice, fee, lossAtStop, margin } = previewOf(order, facts);
  refuseSecondBot(engine, order);
  const asked = card(`${order.side === "buy" ? "Buy" : "Sell short"} ${order.symbol} in ${accountNameFor(state, caller.user)}?`).fields({
    Quantity: `${quantityText(quantity, base)} for ${moneyText(notional, quote)}`,
    "Worst price": `${priceText(worst)} ${quote} (now ${priceText(facts.price)}): at that or better at once, or not at all`,
    "Loss at the stop": `${moneyText(lossAtStop, quote)} with fees, at ${priceText(stopPrice)} ${quote}`,
    Leverage: margin && `${margin.leverage}, isolated margin of ${moneyText(margin.margin, quote)}`,
    Liquidation: margin && liquidationText(margin, quote),
    "Take profit": takePrice && `${priceText(takePrice)} ${quote}`,
    Fee: `${feeText(fee, quote)} now, about as much again to close`,
    Protection: venue.protection,
    Ceiling: venue.environment === "live" ? ceilingText(engine.ceiling(), notional, quote) : undefined,
  });
  return asked.line(haltLine(call.desk.state.halt));
}

function ceilingText(ceiling: CeilingFacts | undefined, more: Decimal, quote: string): string {
  if (!ceiling) return "this process allows no live trading";
  const { limit, atRisk, currency } = ceiling;
  if (!atRisk || quote !== currency) return `${atRiskText(ceiling)} of ${moneyText(limit, currency)} at risk before this`;
  return `${moneyText(atRisk.plus(more), currency)} of ${moneyText(limit, currency)} at risk with this`;
}
