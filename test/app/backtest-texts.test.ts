import { describe, expect, it } from "vitest";
import { jobIn, jobText } from "../../src/app/backtest-texts.ts";
import type { BacktestJob } from "../../src/backtest/run.ts";
import { decimal } from "../../src/domain/money.ts";
import { BREAKER_DEFAULTS } from "../../src/risk/breaker-defaults.ts";
import { wishFor } from "../kit/engine-rig.ts";

const JOB: BacktestJob = {
  bot: wishFor({ name: "dip" }),
  instrument: {
    ...{ symbol: "BTC/USDT", base: "BTC", quote: "USDT", tickSize: decimal("0.01"), lotSize: decimal("0.001"), notionalMin: decimal(5) },
    ...{ makerFeeBps: 10, takerFeeBps: 10, halfSpreadBps: 1, slippageBps: 2 },
  },
  ...{ market: "replay", marketLabel: "a recording", fromMs: 60_000, toMs: 120_000, capital: decimal("10000.50"), timeZone: "UTC" },
  limits: { dailyLossPct: 5, positionCapPct: 50 },
  breakers: BREAKER_DEFAULTS,
};
/** With everything that a bot and an instrument may have. */
const WHOLE: BacktestJob = {
  ...JOB,
  bot: {
    ...wishFor({ name: "own", group: "swarm", strategy: "rules", params: {} }),
    rules: { enter: "rsi(14) < 30", exit: undefined },
    sizing: { kind: "risk-percent", pct: 1 },
    sizeMax: { kind: "notional", notional: decimal(100) },
    protection: {
      ...{ stopPct: 2, takePct: undefined, trailingPct: 1, stopAtr: 2, stopPrice: decimal(90), trailAfterPct: 1, breakevenPct: 1.5 },
      takes: [{ pct: 2, sharePct: 50 }],
      holdMax: { kind: "span", spanMs: 60_000 },
    },
    leverage: 3,
    advice: "veto",
  },
  instrument: {
    ...JOB.instrument,
    contract: { size: decimal("0.001"), settle: "USDT", leverageMax: 20 },
    ...{ quantityMin: decimal("0.001"), quantityMax: decimal(9), marketQuantityMax: decimal(5) },
    priceBand: { low: 0.8, high: 1.2 },
    protectiveOrdersMax: 5,
  },
};
const changed = (change: (job: Record<string, unknown>) => void) => {
  const text = JSON.parse(jobText(JOB, "1"));
  change(text.job);
  return JSON.stringify(text);
};

describe("the text of a backtest", () => {
  it.each([
    ["a plain bot", JOB],
    ["everything there is", WHOLE],
  ])("comes back as it was with %s", (_name, job) => {
    expect(jobIn(jobText(job, "1"), "1")).toEqual(job);
  });

  it.each([
    ["no text of ours", "<html>"],
    ["nothing", "null"],
    ["a number for money", changed((job) => Object.assign(job, { capital: 10_000 }))],
    ["no bot", changed((job) => Object.assign(job, { bot: undefined }))],
    ["a time that is none", changed((job) => Object.assign(job, { toMs: "soon" }))],
    ["a candle length that there is not", changed((job) => Object.assign(job.bot as object, { timeframe: "7m" }))],
    ["what this build does not know", changed((job) => Object.assign(job, { seed: 7 }))],
    ["a breaker that there is not", changed((job) => Object.assign(job, { breakers: { whim: {} } }))],
  ])("is no job where it holds %s", (_name, text) => {
    expect(jobIn(text, "1")).toBeUndefined();
  });

  it("is no job for another version", () => {
    expect(jobIn(jobText(JOB, "1"), "2")).toBeUndefined();
  });
});
