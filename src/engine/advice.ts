import type { Advice, AdviceMode, AdviceUse, NoAdvice } from "../domain/advice.ts";
import type { BotState } from "../domain/books.ts";
import type { BotSpec } from "../domain/bot.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type Decimal, decimal } from "../domain/money.ts";
import { timeframeMs } from "../domain/timeframe.ts";
import type { AdvisedSymbol, Advisor } from "../ports/advisor.ts";
import { type Weighed, weighAdvice } from "../risk/advice.ts";
import type { EntryAnswer } from "../risk/entry.ts";
import { countedBy } from "./intents.ts";
import type { AccountServices } from "./services.ts";

/** A bot that asks for advice. */
type AdvisedSpec = Pick<BotSpec, "symbol" | "timeframe"> & { readonly advice: AdviceMode };

/** Whether a bot asks the AI service before it enters. */
export function asksAdvice(spec: BotSpec): spec is BotSpec & { readonly advice: AdviceMode } {
  return spec.advice !== undefined;
}

const NO_SERVICE: NoAdvice = { none: "no AI service is set" };
const FAILED: NoAdvice = { none: "what was remembered of it could not be read" };

/** What is remembered of a symbol; why there is none where nobody is asked or that fails. */
export function rememberedOn(advisor: Advisor | undefined, { market, symbol }: AdvisedSymbol): Advice | NoAdvice {
  try {
    return advisor?.on(market, symbol) ?? NO_SERVICE;
  } catch {
    return FAILED;
  }
}

/** What advice leaves of an entry. Reads memory only, and whatever goes wrong in there is no advice. */
function weighed(services: AccountServices, spec: AdvisedSpec, quantity: Decimal, lotSize: Decimal): Weighed {
  const { advice: mode, symbol, timeframe } = spec;
  const common = { mode, quantity, lotSize, nowMs: services.now(), wallMs: services.clock.wall(), candleMs: timeframeMs(timeframe) };
  try {
    return weighAdvice({ ...common, given: services.advisor()?.on(services.market.key, symbol) ?? NO_SERVICE });
  } catch (failure) {
    services.logger.error({ symbol, failure }, "what was remembered of advice could not be read; the bots decide without it");
    return weighAdvice({ ...common, given: FAILED });
  }
}

/** What advice would make of an entry now, whatever its size. */
export function advisedNow(services: AccountServices, spec: AdvisedSpec): Weighed {
  return weighed(services, spec, decimal(1), decimal("0.0001"));
}

/** What an entry becomes by advice, with what has to be told of it in the decision's event. */
export interface Advised {
  readonly answer: EntryAnswer;
  readonly use?: AdviceUse;
}

/** Lets advice take away from what the risk door has answered. What is left must still fit the market: `fits` says why it does not. */
export function adviseEntry(
  services: AccountServices,
  bot: BotState,
  instrument: Instrument | undefined,
  answer: EntryAnswer,
  fits: (quantity: Decimal) => string | undefined,
): Advised {
  const { spec } = bot;
  if (!answer.allowed || !instrument || !asksAdvice(spec)) return { answer };
  const { quantity, use } = weighed(services, spec, answer.quantity, instrument.lotSize);
  if (use.effect === "vetoed") return { answer: { ...countedBy(answer), allowed: false, code: "advice", because: use.because }, use };
  if (use.effect !== "cut") return { answer, use };
  const broken = fits(quantity);
  if (broken === undefined) return { answer: { ...answer, quantity, arithmetic: `${answer.arithmetic}, ${use.because}` }, use };
  return {
    answer: { ...countedBy(answer), allowed: false, code: "advice", because: `${use.because}, which is too little: ${broken}` },
    use: { ...use, effect: "vetoed" },
  };
}
