import { PERIOD_MAX, WIDTH_MAX } from "../indicators/declare.ts";
import { STEP_MAX } from "../indicators/psar.ts";

/** What a typed number of an indicator counts. */
export type Unit = "candles" | "deviations" | "ranges" | "step" | "maximum";

/** One number that an indicator takes. */
export interface Param {
  /** As its kernel names it. */
  readonly name: string;
  readonly unit: Unit;
  /** In an example. */
  readonly example: number;
}

/** The largest number of each unit; candles are whole and at least 1, everything else is above 0. */
const MOST: Readonly<Record<Unit, number>> = {
  candles: PERIOD_MAX,
  deviations: WIDTH_MAX,
  ranges: WIDTH_MAX,
  step: STEP_MAX,
  maximum: STEP_MAX,
};

/** Why a number cannot be that parameter, or undefined. */
export function paramProblem({ name, unit }: Param, value: number): string | undefined {
  const most = MOST[unit];
  if (unit === "candles") {
    if (Number.isInteger(value) && value >= 1 && value <= most) return undefined;
    const named = name === "period" ? "a period" : `for ${name} a period`;
    return `expected ${named} of whole candles from 1 to ${most}, found ${value}`;
  }
  if (value > 0 && value <= most) return undefined;
  return `expected ${name} above 0 and at most ${most}, found ${value}`;
}

/** The numbers of an indicator in words, with the word before them: ` over 12, 26 and 9 candles`. Empty without numbers. */
export function paramsWords(params: readonly Param[], values: readonly number[], digits: (value: number) => string): string {
  const of = (unit: Unit) => values.filter((_, index) => params[index]?.unit === unit);
  const periods = of("candles").map(digits);
  const candles = `${listed(periods)} ${periods.at(-1) === "1" && periods.length === 1 ? "candle" : "candles"}`;
  const widths = [
    ...of("deviations").map((value) => `${digits(value)} deviations`),
    ...of("ranges").map((value) => `${digits(value)} average ranges`),
  ];
  const steps = [
    ...of("step").map((value) => `steps of ${digits(value)}`),
    ...of("maximum").map((value) => `at most ${digits(value)} of the way`),
  ];
  if (steps.length > 0) return ` in ${steps.join(", ")}`;
  return periods.length + widths.length === 0 ? "" : ` over ${[...(periods.length > 0 ? [candles] : []), ...widths].join(" and ")}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
