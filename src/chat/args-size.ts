import type { SizeCap, Sizing } from "../domain/bot.ts";
import { RISK_LEVELS, type RiskLevel } from "../risk/presets.ts";
import { RISK_PCT_MAX } from "../risk/sizing.ts";
import { argument } from "./arg-meta.ts";
import { choice, moneyOf, percentOfText } from "./args.ts";

/** How large an entry is, with the currency that was typed. */
export interface SizeWish {
  readonly sizing: Sizing;
  readonly currency: string | undefined;
}

/** The same for what a position may be at most. */
export interface CapWish {
  readonly sizing: SizeCap;
  readonly currency: string | undefined;
}

/** A share of equity or an amount. */
function capOf(text: string): CapWish | undefined {
  if (text.endsWith("%")) {
    const pct = percentOfText(text);
    return pct !== undefined && pct > 0 && pct <= 100 ? { sizing: { kind: "equity-percent", pct }, currency: undefined } : undefined;
  }
  const amount = moneyOf(text);
  return amount && { sizing: { kind: "notional", notional: amount.value }, currency: amount.currency };
}

export const size = argument<SizeWish>(
  {
    kind: "text",
    question: "How large is an entry?",
    choices: ["5%", "10%", "100 USDT", "risk 0.5%", "risk 1%", "vol 1%"],
    freeText: true,
    example: "risk 1%",
  },
  `a share of equity such as 10%, an amount such as 100 USDT, risk 1% (lost at the stop) or vol 1% (moved by an average candle); at most ${RISK_PCT_MAX}% for risk and vol`,
  (text) => {
    const [, word, digits = ""] = /^(risk|vol)\s*(\S.*)$/i.exec(text) ?? [];
    if (word === undefined) return capOf(text);
    const pct = percentOfText(digits);
    if (pct === undefined || pct <= 0 || pct > RISK_PCT_MAX) return undefined;
    return { sizing: { kind: word.toLowerCase() === "risk" ? "risk-percent" : "volatility-percent", pct }, currency: undefined };
  },
);

/** The most that one position of a bot may be. */
export const sizeMax = argument<CapWish>(
  { kind: "text", freeText: true, example: "25%" },
  "a share of equity such as 25% or an amount such as 500 USDT",
  capOf,
);

/** The same, or `none` where there is to be no cap. */
export const sizeMaxOrNone = argument<CapWish | "none">(
  { kind: "text", freeText: true, example: "25%" },
  "a share of equity such as 25%, an amount such as 500 USDT, or none",
  (text) => (["none", "off", "no"].includes(text.toLowerCase()) ? "none" : capOf(text)),
);

/** Named sizes, for who does not want to think in numbers; what they mean is shown in numbers. */
export const riskLevel = choice<RiskLevel>(RISK_LEVELS, "How much risk?");
