import { BOT_NAME, type BotSpec } from "../../domain/bot.ts";
import { UserError } from "../../domain/errors.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { ceilToStep, type Decimal, decimal, max, min, percentOf, toDouble, ZERO } from "../../domain/money.ts";
import { RESULT_BUCKET_MS } from "../../domain/result.ts";
import { DAY_MS } from "../../domain/time.ts";
import type { BotFacts, PromotionFacts } from "../../ports/engine.ts";
import type { MarginFacts } from "../../ports/venue-facts.ts";
import type { AccountLimits } from "../../risk/entry.ts";
import { aboveLeverageLimit } from "../../risk/leverage.ts";
import { liquidationPrice, stopPctBeyondLiquidation } from "../../risk/liquidation.ts";
import { takenSymbol } from "../../risk/one-bot.ts";
import { capOf, nearestStopPct, roundTripPct, wishedSize } from "../../risk/sizing.ts";
import { accountFacts } from "../account-facts.ts";
import { planOf, wholeStopPct } from "../building.ts";
import { planProblem } from "../plan-facts.ts";
import type { LiveAccount } from "./account.ts";
import { entryBound } from "./intents.ts";

/** Fewer fills than this say little about a bot. */
const FILLS_TELLING = 10;
const FEE_WARNING_PCT = 50;

export interface PromotionQuestion {
  readonly bot: BotFacts;
  /** What the paper bot traded on, as its market says of itself. */
  readonly paperMarket: string;
  readonly account: LiveAccount;
  readonly newName: string;
  readonly nameTaken: boolean;
  readonly limits: AccountLimits;
  readonly drilled: boolean;
}

/** What going live with a bot means, in numbers. Changes nothing. */
export function promotionFacts(question: PromotionQuestion): PromotionFacts {
  const { bot, account, newName, limits, drilled } = question;
  const facts = accountFacts(account, drilled);
  const { spec } = bot.state;
  const instrument = account.rulesOf(spec.symbol) ?? account.services.market.instruments.get(spec.symbol);
  if (!instrument) throw new UserError(notListed(account, spec.symbol));
  const price = account.priceOf(spec.symbol);
  const at = price === undefined ? (bot.price ?? ZERO) : entryBound(price, "buy", instrument);
  const equity = facts.equity ?? account.state.balances.get(account.state.currency) ?? ZERO;
  const positionCap = percentOf(equity, limits.positionCapPct);
  const { quote, takerFeeBps } = instrument;
  const { sizing, sizeMax, protection } = spec;
  // How far a stop by ATR would stand now, the newest decision on paper says.
  const plan = planOf(spec);
  const ofWhole = plan && wholeStopPct(protection, plan, price);
  const stopPct = ofWhole ?? (protection.stopAtr === undefined ? nearestStopPct(protection, toDouble(at), undefined) : bot.stopPct);
  const sized = wishedSize({ sizing, equity, quote, takerFeeBps, stopPct, atrPct: bot.atrPct });
  const cap = sizeMax ? min(positionCap, capOf(sizeMax, equity)) : positionCap;
  const ceiling = account.ceiling?.facts();
  const room = account.ceiling ? max(ZERO, account.ceiling.room(quote)) : undefined;
  // A size that nobody knows yet may become as large as its cap.
  const capped = "refused" in sized ? cap : min(sized.notional, cap);
  const orderNotional = room ? min(capped, room) : capped;
  const { takePct } = protection;
  const stop = stopPct ?? Number.POSITIVE_INFINITY;
  const feesPct = roundTripPct(takerFeeBps);
  const feePctOfTarget = takePct === undefined ? undefined : (feesPct / takePct) * 100;
  const smallestNotional = smallest(instrument, at);
  const paper = paperRecord(bot, question.paperMarket);
  return {
    bot,
    account: facts,
    newName,
    instrument,
    smallestNotional,
    orderNotional,
    orderArithmetic: "refused" in sized ? `not known yet, at most this: ${sized.refused}` : sized.arithmetic,
    feePctOfTarget,
    lossAtStop: Number.isFinite(stop) ? percentOf(orderNotional, stop + feesPct) : orderNotional,
    margin: marginFacts(instrument, { price: at, stop, leverage: spec.leverage ?? 1, notional: orderNotional }),
    dailyLossLimit: percentOf(equity, limits.dailyLossPct),
    positionCap,
    ceiling,
    paper,
    refusals: refusals(question, { stop, smallestNotional, orderNotional, quote: instrument.quote, hasCeiling: ceiling !== undefined }),
    warnings: warnings({ paper, feePctOfTarget, drilled, exchange: account.state.exchange ?? "this exchange" }),
  };
}

/** The spec of the new flat bot: nothing of the old one but its rules is carried over. */
export function promotedSpec(spec: BotSpec, account: LiveAccount, identity: { id: string; name: string; owner: string }): BotSpec {
  return { ...spec, ...identity, group: undefined, account: account.state.account, mode: account.state.mode };
}

interface Judged {
  readonly stop: number;
  readonly smallestNotional: Decimal;
  readonly orderNotional: Decimal;
  readonly quote: string;
  readonly hasCeiling: boolean;
}

function refusals({ bot, account, newName, nameTaken }: PromotionQuestion, judged: Judged): string[] {
  const { spec } = bot.state;
  const { state } = account;
  const found: string[] = [];
  if (spec.mode === "live") found.push(`${spec.name} trades live already.`);
  if (!BOT_NAME.test(newName))
    found.push("The new name is 1 to 32 lower-case letters, digits and dashes, beginning with a letter: choose another one.");
  else if (nameTaken) found.push(`The name ${newName} is taken: give another one with name.`);
  const closed = account.closed();
  if (closed !== undefined) found.push(`The account cannot trade now: ${closed}.`);
  if (state.venue.paused) found.push(`The account is paused: ${state.venue.paused.reason}.`);
  if (state.mode === "live" && !judged.hasCeiling)
    found.push('This process allows no live trading: set LIVE_CEILING, as in LIVE_CEILING="100 USDT", and restart.');
  if (!Number.isFinite(judged.stop) && (spec.protection.stopAtr !== undefined || spec.protection.stopPrice))
    found.push(`How far the stop of ${spec.name} is from the price is not known yet: let it decide on paper first.`);
  else if (judged.stop <= 0) found.push(`The stop of ${spec.name} is on the wrong side of the price: make the bot with one below it.`);
  else if (!Number.isFinite(judged.stop)) found.push(`${spec.name} has no stop, and a real position needs one: make the bot with stop.`);
  const rules = account.rulesOf(spec.symbol);
  if (!rules) found.push(notListed(account, spec.symbol));
  else if (rules.quote !== state.currency)
    found.push(`${spec.symbol} is paid in ${rules.quote}, and the account holds ${state.currency}: choose another symbol.`);
  if (judged.orderNotional.isLessThan(judged.smallestNotional))
    found.push(
      `Its orders would be ${judged.orderNotional.toFixed(2)} ${judged.quote}, and the smallest that can also be sold again is ${judged.smallestNotional.toFixed(2)}: make its size larger or fund the account.`,
    );
  const plan = planProblem(account, spec);
  if (plan !== undefined) found.push(plan);
  found.push(...leverageRefusals(account, spec, judged.stop, rules));
  const taken = takenSymbol(state.bots.values(), { symbol: spec.symbol, account: state.account });
  if (taken !== undefined) found.push(taken);
  return found;
}

/** Leverage above what the account or the symbol takes, or that liquidates before the stop. */
function leverageRefusals(
  { state }: LiveAccount,
  { symbol, leverage = 1 }: BotSpec,
  stop: number,
  rules: Instrument | undefined,
): string[] {
  const leverageMax = rules?.contract?.leverageMax ?? 1;
  const limited = aboveLeverageLimit(state, leverage);
  const beyond = rules?.contract && Number.isFinite(stop) && stopPctBeyondLiquidation(stop, { side: "buy", leverage, leverageMax });
  return [
    ...(limited === undefined ? [] : [`${limited}.`]),
    ...(leverage > leverageMax
      ? [`${symbol} takes a leverage of at most ${leverageMax} there, found ${leverage}: make the bot with less.`]
      : []),
    ...(beyond ? [`Its stop cannot protect it: ${beyond}.`] : []),
  ];
}

interface MarginQuestion {
  readonly price: Decimal;
  /** In percent. */
  readonly stop: number;
  readonly leverage: number;
  readonly notional: Decimal;
}

function marginFacts({ contract }: Instrument, { price, stop, leverage, notional }: MarginQuestion): MarginFacts | undefined {
  if (!contract) return undefined;
  return {
    leverage,
    margin: notional.dividedBy(leverage),
    liquidationPrice: liquidationPrice(price, { side: "buy", leverage, leverageMax: contract.leverageMax }),
    stopPrice: Number.isFinite(stop) ? price.minus(percentOf(price, stop)) : undefined,
  };
}

function warnings({
  paper,
  feePctOfTarget,
  drilled,
  exchange,
}: {
  paper: PromotionFacts["paper"];
  feePctOfTarget: number | undefined;
  drilled: boolean;
  exchange: string;
}): string[] {
  const found: string[] = [];
  if (paper.fills < FILLS_TELLING) found.push(`Its paper record has ${paper.fills} fills: that says little.`);
  else if (paper.netResult.isLessThan(0)) found.push("Its paper record is a loss after fees.");
  if (feePctOfTarget !== undefined && feePctOfTarget > FEE_WARNING_PCT)
    found.push(`Fees of one round trip take ${feePctOfTarget.toFixed(0)}% of what its target would gain.`);
  if (!drilled)
    found.push(`This desk was never tested against the real ${exchangeName(exchange)}: run account drill in a demo account there first.`);
  return found;
}

/** The least that can be bought so that what is left after the fee can be sold at a stop far below. */
function smallest(instrument: Instrument, price: Decimal): Decimal {
  if (price.isZero()) return instrument.notionalMin;
  const least = max(instrument.notionalMin.times(decimal("1.2")).dividedBy(price), instrument.quantityMin ?? ZERO);
  return ceilToStep(least, instrument.lotSize).times(price);
}

function paperRecord({ state }: BotFacts, market: string): PromotionFacts["paper"] {
  const buckets = [...state.results.keys()];
  const spanMs = buckets.length === 0 ? 0 : Math.max(...buckets) + RESULT_BUCKET_MS - Math.min(...buckets);
  let fills = 0;
  let netResult = ZERO;
  for (const result of state.results.values()) {
    fills += result.fills;
    netResult = netResult.plus(result.realized);
  }
  return { days: Math.ceil(spanMs / DAY_MS), fills, netResult, market };
}

function notListed({ state }: LiveAccount, symbol: string): string {
  return `${state.exchange ?? "The exchange"} lists no ${symbol} that this account can trade now: choose a symbol that it lists.`;
}
