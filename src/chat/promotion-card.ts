import { marked, sizingText } from "../domain/bot.ts";
import { exchangeName } from "../domain/exchange-names.ts";
import { protectionText } from "../domain/exits.ts";
import type { PromotionFacts } from "../ports/engine.ts";
import type { MarginFacts } from "../ports/venue-facts.ts";
import { ended } from "./account-cards.ts";
import { accountNameFor } from "./account-names.ts";
import { moneyText, priceText, resultText } from "./amounts.ts";
import { fillsText } from "./bot-cards.ts";
import { coinsOf } from "./coins.ts";
import { atRiskText } from "./in-all.ts";
import { type Card, card } from "./view.ts";

/** Markets whose prices nobody ever paid. */
const INVENTED = /simulated|invented|script/i;
/** A share of the target beyond which fees are worth a sentence of their own, in percent. */
const FEES_HEAVY_PCT = 30;

/** Everything that going live means, in numbers. */
export function promotionCard(facts: PromotionFacts, user: string): Card {
  const { bot, account, newName, instrument, smallestNotional, orderNotional, feePctOfTarget, ceiling, paper } = facts;
  const { spec } = bot.state;
  const { state, venue } = account;
  const { quote } = coinsOf(bot.state.spec.symbol);
  const isRefused = facts.refusals.length > 0;
  const name = accountNameFor(state, user);
  const made = card(isRefused ? `${spec.name} cannot be promoted to ${name} now` : `Promote ${spec.name} to ${name}?`).fields({
    "New bot": `${marked(newName, state.mode)}: ${spec.strategy} on ${instrument.symbol}, every ${spec.timeframe}, flat at first`,
    Account: `${name}${venue ? ` at ${exchangeName(venue.exchangeId)}, ${venue.environment === "demo" ? "test money" : "REAL MONEY"}` : ""}`,
    Size: sizingText(spec.sizing, quote, spec.sizeMax),
    "Reckoned as": spec.sizing.kind === "notional" ? undefined : facts.orderArithmetic,
    "One order": `${moneyText(orderNotional, quote)}; the exchange takes ${moneyText(smallestNotional, quote)} and more`,
    "Fees of a round trip":
      feePctOfTarget === undefined ? "not known: it has no target" : `${feePctOfTarget.toFixed(1)}% of the target's gain`,
    "Loss at the stop": moneyText(facts.lossAtStop, quote),
    Leverage: facts.margin && `${facts.margin.leverage}, isolated margin of ${moneyText(facts.margin.margin, quote)} for one order`,
    Liquidation: facts.margin && liquidationText(facts.margin, quote),
    Levels: protectionText(spec.protection),
    Protection: venue?.protection,
    "Daily loss limit": moneyText(facts.dailyLossLimit, state.currency),
    "Position cap": moneyText(facts.positionCap, state.currency),
    Ceiling:
      ceiling && state.mode === "live"
        ? `${moneyText(ceiling.limit, ceiling.currency)}, ${atRiskText(ceiling)} of it at risk now`
        : undefined,
    "Paper record": `${resultText(paper.netResult, quote)} after fees, ${fillsText(paper.fills)} in ${daysText(paper.days)}`,
  });
  made.line(recordText(paper.market), heavyFees(feePctOfTarget), ...facts.warnings.map(ended));
  if (!isRefused) return made.line(`${spec.name} stays on paper as it is; nothing is carried over.`);
  return made.bad().line("Refused because:", ...facts.refusals.map((each) => `- ${ended(each)}`));
}

/** Where the exchange would close a position, beside its stop. */
export function liquidationText(
  { liquidationPrice, stopPrice }: Pick<MarginFacts, "liquidationPrice" | "stopPrice">,
  quote: string,
): string {
  if (!liquidationPrice) return "none: the position is backed by all of its money";
  const stop = stopPrice && `; the stop at ${priceText(stopPrice)} comes before`;
  return `near ${priceText(liquidationPrice)} ${quote}, before funding${stop ?? ""}`;
}

function daysText(days: number): string {
  const whole = Math.floor(days);
  return whole < 1 ? "less than a day" : whole === 1 ? "1 day" : `${whole} days`;
}

function recordText(market: string): string {
  if (INVENTED.test(market)) return `The paper record comes from invented prices (${market}): it says nothing about real ones.`;
  return `The paper record comes from ${market}; fills there are modeled, real ones may be worse.`;
}

function heavyFees(feePctOfTarget: number | undefined): string | undefined {
  if (feePctOfTarget === undefined || feePctOfTarget < FEES_HEAVY_PCT) return undefined;
  return `Fees would take ${feePctOfTarget.toFixed(0)}% of each target's gain: choose a larger target or trade less often.`;
}
