import type { BotState } from "../domain/books.ts";
import type { BotSpec } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import { firstStop } from "../domain/exits.ts";
import { brokenRule, type Instrument, priceOnTick } from "../domain/instrument.ts";
import { affordable, type Decimal, decimal, lessBps, percentOf, shown, toDouble, ZERO } from "../domain/money.ts";
import type { Position } from "../domain/position.ts";
import type { PlanFacts, PlannedEntry } from "../ports/plan.ts";
import type { Plan } from "../ports/strategy.ts";
import { CASH_RESERVE_PCT } from "../risk/entry.ts";
import { moneyText } from "../risk/limit-words.ts";
import { capOf, wishedSize } from "../risk/sizing.ts";
import type { Account } from "./account.ts";
import { planOf, wholeStopPct } from "./building.ts";
import { sizeQuestion } from "./sizing.ts";
import { Funds } from "./valuation.ts";

/** What a bot's position may come to, were all of its entries bought; undefined where one entry opens it. */
export function planFacts(account: Account, spec: BotSpec): PlanFacts | undefined {
  const plan = planOf(spec);
  const instrument = account.services.market.instruments.get(spec.symbol);
  return plan && instrument && factsOf(account, spec, plan, instrument);
}

/** The same of a bot that may have begun: what it holds is bought, and what is left follows from the average paid. */
export function planNow(account: Account, bot: BotState): PlanFacts | undefined {
  const { spec, position, parts = [], whole } = bot;
  const plan = planOf(spec);
  const instrument = account.services.market.instruments.get(spec.symbol);
  const newest = parts.at(-1)?.number;
  if (!plan || !instrument || whole === undefined || newest === undefined) return planFacts(account, spec);
  const held = new Set(parts.map(({ number }) => number));
  const { cost, quantity } = position;
  const prices = plan.pricesFrom(toDouble(cost.dividedBy(quantity)), { cost, quantity, newest, whole });
  const entries = plan.shares.map((share, part): PlannedEntry => {
    const bought = { share, notional: whole.times(share), price: undefined, isHeld: true } as const;
    return held.has(part) ? bought : { share, notional: whole.times(share), price: priceAt(instrument, prices[part]) };
  });
  const left = entries.filter(({ isHeld }) => !isHeld);
  return { entries, whole, says: "", ...atTheStop(spec, instrument, left, { cost, quantity }) };
}

function priceAt(instrument: Instrument, at: number | undefined): Decimal | undefined {
  return at === undefined ? undefined : priceOnTick(instrument, decimal(at), "buy");
}

function factsOf(account: Account, spec: BotSpec, plan: Plan, instrument: Instrument): PlanFacts {
  const { equity } = new Funds(account);
  const price = account.priceOf(spec.symbol);
  const slot = account.runners.get(spec.id)?.lastSlot;
  const { quote, takerFeeBps } = instrument;
  const stopPct = wholeStopPct(spec.protection, plan, price) ?? sizeQuestion(spec, slot).stopPct;
  const sized = equity
    ? wishedSize({ ...sizeQuestion(spec, slot), stopPct, equity, quote, takerFeeBps })
    : { refused: "a position of its account has no price, so its equity is unknown" };
  const whole = "refused" in sized ? undefined : sized.notional;
  const prices = price === undefined && plan.stopPrice === undefined ? undefined : plan.pricesFrom(price ?? 1);
  const entries = plan.shares.map((share, part): PlannedEntry => {
    return { share, notional: whole?.times(share), price: priceAt(instrument, prices?.[part]) };
  });
  const says = "refused" in sized ? sized.refused : sized.arithmetic;
  return { entries, whole, says, ...atTheStop(spec, instrument, entries) };
}

/** What becomes of all of it at its stop, entries that are left beside what is held. Exact but for the quantities, which are quotients. */
function atTheStop(
  { protection }: BotSpec,
  instrument: Instrument,
  entries: readonly PlannedEntry[],
  held: Pick<Position, "cost" | "quantity"> = { cost: ZERO, quantity: ZERO },
): Pick<PlanFacts, "average" | "stopPrice" | "lossAtStop"> {
  const sums = { ...held };
  for (const { price, notional } of entries) {
    if (!price || !notional) return { average: undefined, stopPrice: undefined, lossAtStop: undefined };
    sums.cost = sums.cost.plus(notional);
    sums.quantity = sums.quantity.plus(notional.dividedBy(price));
  }
  const average = sums.cost.dividedBy(sums.quantity);
  const stopPrice = firstStop(instrument, protection, { side: "sell", entry: average });
  if (!stopPrice) return { average, stopPrice, lossAtStop: undefined };
  const paid = lessBps(sums.cost, -instrument.takerFeeBps);
  const received = lessBps(sums.quantity.times(stopPrice), instrument.takerFeeBps);
  return { average, stopPrice, lossAtStop: paid.minus(received) };
}

/** Throws UserError where the whole of a position would be more than its bot, its account or its market allows: it would be left half built. */
export function refuseBeyond(account: Account, spec: BotSpec): void {
  const problem = planProblem(account, spec);
  if (problem !== undefined) throw new UserError(problem);
}

/** The same as a sentence; undefined where the whole fits. */
export function planProblem(account: Account, spec: BotSpec): string | undefined {
  const plan = planFacts(account, spec);
  const instrument = account.services.market.instruments.get(spec.symbol);
  if (!plan?.whole || !instrument) return undefined;
  const { whole, entries } = plan;
  const { quote } = instrument;
  const needs = `All ${entries.length} entries of ${spec.name} together are ${shown(whole, 2)} ${quote} (${plan.says})`;
  const bound = boundsOf(account, spec, quote).find(({ amount }) => whole.isGreaterThan(amount));
  if (bound) return `size: ${needs}, and ${bound.name} allows ${shown(bound.amount, 2)} ${quote}; make its size smaller.`;
  const small = entries.find(({ price, notional }) => price && notional && tooSmall(instrument, notional, price) !== undefined);
  if (!small?.price || !small.notional) return undefined;
  return `size: ${needs}, and the one of ${shown(small.notional, 2)} ${quote} would be too small: ${tooSmall(instrument, small.notional, small.price)}; make its size larger or its entries fewer.`;
}

function tooSmall(instrument: Instrument, notional: Decimal, price: Decimal): string | undefined {
  return brokenRule(instrument, affordable(notional, price, instrument.lotSize), price);
}

/** Everything that the whole may not be more than, in quote. */
function boundsOf(account: Account, spec: BotSpec, quote: string): { readonly name: string; readonly amount: Decimal }[] {
  const { services } = account;
  const { equity = ZERO, free } = new Funds(account);
  const counter = services.risk.counter(account);
  const limited = services.risk.levels(account, spec, counter).flatMap(({ name, limits }) =>
    (["position", "exposure"] as const).flatMap((limit) => {
      const money = limits[limit];
      const amount = money && counter.convert(money.value, money.currency, quote);
      return money && amount ? [{ name: `the ${limit} limit of ${name}, ${moneyText(money)},`, amount }] : [];
    }),
  );
  return [
    ...(spec.sizeMax ? [{ name: "its own maximum", amount: capOf(spec.sizeMax, equity) }] : []),
    { name: `the position cap of ${services.limits.positionCapPct}% of equity`, amount: percentOf(equity, services.limits.positionCapPct) },
    ...limited,
    { name: "the free cash", amount: free.minus(percentOf(free, CASH_RESERVE_PCT)) },
  ];
}
