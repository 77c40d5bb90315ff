import { z } from "zod";
import type { BacktestJob } from "../backtest/run.ts";
import { ADVICE_MODES } from "../domain/advice.ts";
import type { Protection } from "../domain/bot.ts";
import { BREAKER_NAMES, REACTIONS } from "../domain/breaker.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import { TIMEFRAMES } from "../domain/timeframe.ts";
import type { NewBot } from "../ports/engine.ts";

/** Money as it comes out of a text in which decimals survive. */
export const amount = z.custom<Decimal>((value) => isAmount(value), "expected an amount");

const number = z.number();
const sizeCap = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("equity-percent"), pct: number }),
  z.strictObject({ kind: z.literal("notional"), notional: amount }),
]);
const sizing = z.union([sizeCap, z.strictObject({ kind: z.enum(["risk-percent", "volatility-percent"]), pct: number })]);
const protection = z
  .strictObject({
    ...{ stopPct: number.optional(), takePct: number.optional(), trailingPct: number.optional() },
    ...{ stopAtr: number.exactOptional(), stopPrice: amount.exactOptional() },
    takes: z.array(z.strictObject({ pct: number, sharePct: number })).exactOptional(),
    ...{ trailAfterPct: number.exactOptional(), breakevenPct: number.exactOptional() },
    holdMax: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("bars"), bars: number }),
        z.strictObject({ kind: z.literal("span"), spanMs: number }),
      ])
      .exactOptional(),
  })
  .transform(({ stopPct, takePct, trailingPct, ...more }): Protection => ({ ...more, stopPct, takePct, trailingPct }));
const rules = z.strictObject({ enter: z.string(), exit: z.string().optional() }).transform(({ enter, exit }) => ({ enter, exit }));
const bot = z
  .strictObject({
    ...{ name: z.string(), group: z.string().optional(), symbol: z.string(), timeframe: z.enum(TIMEFRAMES), strategy: z.string() },
    params: z.record(z.string(), number),
    rules: rules.exactOptional(),
    sizing,
    sizeMax: sizeCap.exactOptional(),
    protection,
    leverage: number.exactOptional(),
    advice: z.enum(ADVICE_MODES).exactOptional(),
  })
  .transform(({ group, ...more }): NewBot => ({ ...more, group }));
const instrument = z.strictObject({
  ...{ symbol: z.string(), base: z.string(), quote: z.string(), tickSize: amount, lotSize: amount, notionalMin: amount },
  ...{ makerFeeBps: number, takerFeeBps: number, halfSpreadBps: number, slippageBps: number },
  contract: z.strictObject({ size: amount, settle: z.string(), leverageMax: number }).exactOptional(),
  ...{ quantityMin: amount.exactOptional(), quantityMax: amount.exactOptional(), marketQuantityMax: amount.exactOptional() },
  priceBand: z.strictObject({ low: number, high: number }).exactOptional(),
  protectiveOrdersMax: number.exactOptional(),
});
const breaker = z.strictObject({
  level: z.enum(["bot", "symbol", "account", "fleet"]),
  at: number,
  reaction: z.enum(REACTIONS),
  span: z.union([number, z.enum(["day", "reset"])]),
  why: z.string(),
});

/** A backtest as one process gives it to another. Nothing in it is unknown: what was left out of a run would be worked out without anybody seeing it. */
export const backtestJob: z.ZodType<BacktestJob> = z.strictObject({
  bot,
  instrument,
  ...{ market: z.string(), marketLabel: z.string(), fromMs: z.int(), toMs: z.int(), capital: amount, timeZone: z.string() },
  limits: z.strictObject({ dailyLossPct: number, positionCapPct: number }),
  breakers: z.partialRecord(z.enum(BREAKER_NAMES), breaker).optional(),
});

function isAmount(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.getPrototypeOf(ZERO);
}
