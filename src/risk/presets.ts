import type { SizeCap, Sizing } from "../domain/bot.ts";

export const RISK_LEVELS = ["conservative", "balanced", "aggressive"] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export interface RiskPreset {
  readonly sizing: Sizing;
  readonly sizeMax: SizeCap;
}

const preset = (riskPct: number, maxPct: number): RiskPreset => ({
  sizing: { kind: "risk-percent", pct: riskPct },
  sizeMax: { kind: "equity-percent", pct: maxPct },
});

/** What a risk level is in numbers: the part of the equity that one entry may lose at its stop, and the most that a position may be. A bot keeps the numbers, not the word. */
export const RISK_PRESETS: Readonly<Record<RiskLevel, RiskPreset>> = {
  conservative: preset(0.25, 10),
  balanced: preset(0.5, 25),
  aggressive: preset(1, 50),
};
