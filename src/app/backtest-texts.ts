import { z } from "zod";
import type { BacktestJob } from "../backtest/run.ts";
import type { BacktestResult } from "../domain/backtest.ts";
import { fromJson, toJson } from "../domain/money.ts";
import type { Refusal } from "../engine/cluster/answers.ts";
import { amount, backtestJob } from "./backtest-shapes.ts";

/** What the process that was given a backtest says of it: `unfit` when it is not one that could do it. */
export type BacktestAnswer = { readonly kind: "done"; readonly result: BacktestResult } | Refusal | { readonly kind: "unfit" };

const count = z.int().min(0);
const counts = z.map(z.string(), count);
const result = z.object({
  ...{ realized: amount, fees: amount, makerFees: amount, otherFees: z.map(z.string(), amount), gains: amount, losses: amount },
  ...{ slippage: amount, decided: amount, fills: count, closes: count, wins: count },
});
/** What wants a backtest of a version that may have other shapes. */
const versioned = z.object({ version: z.string(), job: z.unknown() });
/** What comes from another process and stays in the desk's books is looked at as if anybody could have written it. */
const backtestResult = z
  .object({
    currency: z.string(),
    capital: amount,
    ...{ fromMs: z.int(), toMs: z.int(), minutes: count },
    results: z.map(z.int(), result),
    curve: z.array(z.object({ atMs: z.int(), equity: amount, held: amount })),
    ...{ equity: amount, unrealized: amount, drawdown: amount, drawdownMs: z.number(), exposure: amount, entries: count },
    ...{ exits: counts, denials: counts },
    held: amount.optional(),
    fault: z.string().optional(),
  })
  .transform(({ held, fault, ...rest }): BacktestResult => ({ ...rest, held, fault }));
const backtestAnswer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), result: backtestResult }),
  z.object({ kind: z.literal("refused"), by: z.enum(["user", "transient"]), message: z.string() }),
  z.object({ kind: z.literal("unfit") }),
]);

/** A backtest as the text of a job, with the version of the build that wants it; decimals survive. */
export function jobText(job: BacktestJob, version: string): string {
  return toJson({ version, job });
}

/**
 * What `jobText` wrote; undefined for a job of another version, which may want what this one does not know and would work out something else, and for what no
 * process of this build has written. A bot that is none is refused by the engine that tries it.
 */
export function jobIn(text: string, own: string): BacktestJob | undefined {
  try {
    const { version, job } = versioned.parse(fromJson(text));
    return version === own ? backtestJob.parse(job) : undefined;
  } catch {
    return undefined;
  }
}

/** An answer as the text that the broker carries back; decimals survive. It is signed elsewhere. */
export function answerText(answer: BacktestAnswer): string {
  return toJson(answer);
}

/** What `answerText` wrote; `unfit` for what no process of this build has written. */
export function answerIn(text: string): BacktestAnswer {
  try {
    return backtestAnswer.parse(fromJson(text));
  } catch {
    return { kind: "unfit" };
  }
}
