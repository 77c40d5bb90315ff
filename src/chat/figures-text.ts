import { type Decimal, decimal, shown } from "../domain/money.ts";
import { spanText } from "../domain/time.ts";
import { feeText, moneyText, resultText } from "./amounts.ts";

const RATIO_DECIMALS = 2;
const NONE = "-";

/** The figures of some results as they come from the ledger. */
interface Figures {
  readonly result: {
    readonly realized: Decimal;
    readonly fees: Decimal;
    readonly closes: number;
    readonly wins: number;
    readonly slippage: Decimal;
    readonly decided: Decimal;
  };
  readonly winRatePct: Decimal | undefined;
  readonly expectancy: Decimal | undefined;
  readonly profitFactor: Decimal | undefined;
  readonly drawdown: { readonly amount: Decimal; readonly share: Decimal | undefined; readonly longestMs: number };
  readonly ratios: { readonly sharpe: number | undefined; readonly sortino: number | undefined; readonly calmar: number | undefined };
}

export interface FigureTexts {
  readonly realized: string;
  readonly fees: string;
  readonly winRate: string;
  readonly expectancy: string;
  readonly profitFactor: string;
  readonly sharpe: string;
  readonly sortino: string;
  readonly calmar: string;
  readonly drawdown: string;
  readonly belowPeak: string;
  readonly exposure: string;
  readonly slippage: string;
}

/** What the time in the market came to. */
interface Exposed {
  readonly heldMs: number;
  readonly share: Decimal;
}

/** Every figure as it is shown: money to the cent, ratios and percentages to two decimals, half-even; what has no meaning yet is said or a dash. */
export function figureTexts(
  { result, winRatePct, expectancy, profitFactor, drawdown, ratios }: Figures,
  currency: string,
  exposure?: Exposed,
): FigureTexts {
  const noCloses = "no closed positions yet";
  return {
    realized: resultText(result.realized, currency),
    fees: feeText(result.fees, currency),
    winRate: winRatePct === undefined ? noCloses : `${ratioDigits(winRatePct)}% (${result.wins} of ${result.closes})`,
    expectancy: expectancy === undefined ? noCloses : resultText(expectancy, currency),
    profitFactor: profitFactor === undefined ? NONE : ratioDigits(profitFactor),
    sharpe: ratioText(ratios.sharpe),
    sortino: ratioText(ratios.sortino),
    calmar: ratioText(ratios.calmar),
    drawdown: moneyText(drawdown.amount, currency) + (drawdown.share ? ` (${ratioDigits(drawdown.share.shiftedBy(2))}%)` : ""),
    belowPeak: drawdown.longestMs === 0 ? NONE : spanText(drawdown.longestMs),
    exposure: exposure === undefined ? NONE : `${ratioDigits(exposure.share.shiftedBy(2))}% (${spanText(exposure.heldMs)})`,
    slippage: slippageText(result, currency),
  };
}

/** What fills were worse than the price that was decided at, in money and in hundredths of a percent. */
function slippageText({ slippage, decided }: Figures["result"], currency: string): string {
  if (decided.isZero()) return NONE;
  return `${moneyText(slippage, currency)} (${slippageBps({ slippage, decided })} bps)`;
}

/** In hundredths of a percent of what was decided; a dash where nothing was. */
export function slippageBps({ slippage, decided }: Pick<Figures["result"], "slippage" | "decided">): string {
  return decided.isZero() ? NONE : ratioDigits(slippage.dividedBy(decided).shiftedBy(4));
}

function ratioText(value: number | undefined): string {
  return value === undefined ? NONE : ratioDigits(decimal(value));
}

/** What rounds to nothing has no sign. */
function ratioDigits(value: Decimal): string {
  return shown(value, RATIO_DECIMALS, true).replace(/^-(?=0\.0+$)/, "");
}
