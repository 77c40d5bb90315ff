import { z } from "zod";
import type { Reading } from "../domain/indicator.ts";
import type { Signal } from "../domain/signal.ts";
import { type LinedSpec, PERIOD_MAX } from "../indicators/declare.ts";
import type { DecideInput, Explanation, Plan, Strategy } from "../ports/strategy.ts";

export type Shape = Readonly<Record<string, z.ZodDefault<z.ZodNumber>>>;
export type Params<S extends Shape> = { readonly [Name in keyof S]: number };
type Declared = Readonly<Record<string, LinedSpec<string>>>;
type Lines<Spec> = Spec extends LinedSpec<infer Line> ? Line : never;
type Values<I extends Declared> = { readonly [Name in keyof I]: Readonly<Record<Lines<I[Name]>, Reading>> };

/** What every strategy file says; its name is the file's name and comes from the registry. */
export interface Described<S extends Shape> {
  readonly summary: string;
  /** Numbers, each with a default and a description. */
  readonly params: S;
  /** Says in one sentence what is wrong with parameters that are fine one by one, or undefined. */
  readonly refuse?: (params: Params<S>) => string | undefined;
}

/** What a strategy in code says beyond that. */
export interface StrategySource<S extends Shape, I extends Declared> extends Described<S> {
  readonly indicators: (params: Params<S>) => I;
  readonly decide: (input: DecideInput<Values<I>>, params: Params<S>) => Signal;
  readonly explain?: (input: DecideInput<Values<I>>, params: Params<S>) => Explanation;
  /** Set where a position is built of several entries. */
  readonly plan?: (params: Params<S>) => Plan;
  readonly settle?: (params: Params<S>, price: number | undefined) => Params<S> | string;
  readonly exits?: Strategy["exits"];
}

/** A strategy that waits for its name. */
export type StrategyDefinition = (name: string) => Strategy;

/**
 * A strategy whose `decide` is typed by its parameters and declared indicators. What it returns takes plain records, so that
 * all strategies fit one table; those records are the parsed `params` and the readings of the declared `indicators`.
 */
export function defineStrategy<S extends Shape, I extends Declared>(source: StrategySource<S, I>): StrategyDefinition {
  const { summary, indicators, decide, explain, plan, settle, exits } = source;
  const params = paramsSchema(source);
  return (name) => ({
    name,
    summary,
    params,
    decider: (parsed) => ({
      indicators: indicators(parsed as Params<S>),
      series: [],
      decide: (input) => decide(input as DecideInput<Values<I>>, parsed as Params<S>),
      ...(explain && { explain: (input) => explain(input as DecideInput<Values<I>>, parsed as Params<S>) }),
    }),
    ...(plan && { plan: (parsed) => plan(parsed as Params<S>) }),
    ...(settle && { settle: (parsed, price) => settle(parsed as Params<S>, price) }),
    ...(exits && { exits }),
  });
}

/** The schema of a strategy's parameters: it refuses what it does not know, and what does not fit together. */
export function paramsSchema<S extends Shape>({ params, refuse }: Described<S>): z.ZodObject {
  const names = Object.keys(params).join(", ");
  const shape = z.strictObject(params, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `expected only ${names}, found ${issue.keys.join(", ")}; leave out what is not listed`
        : undefined,
  });
  return shape.superRefine((parsed, context) => {
    const problem = refuse?.(parsed as Params<S>);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  });
}

/** A parameter that counts candles: a whole number from 1 to `PERIOD_MAX`. */
export function period(defaultValue: number): z.ZodDefault<z.ZodNumber> {
  const error = expected(`a whole number of candles from 1 to ${PERIOD_MAX}`);
  const refusal = { error, abort: true };
  return z.number({ error }).int(refusal).min(1, refusal).max(PERIOD_MAX, refusal).default(defaultValue);
}

/** A parameter that counts something: a whole number from `min` to `max`, both included. */
export function countFrom(min: number, max: number, defaultValue: number): z.ZodDefault<z.ZodNumber> {
  const error = expected(`a whole number from ${min} to ${max}`);
  const refusal = { error, abort: true };
  return z.number({ error }).int(refusal).min(min, refusal).max(max, refusal).default(defaultValue);
}

/** A parameter that is any number from `min` to `max`, both included. */
export function numberFrom(min: number, max: number, defaultValue: number): z.ZodDefault<z.ZodNumber> {
  const error = expected(`a number from ${min} to ${max}`);
  const refusal = { error, abort: true };
  return z.number({ error }).min(min, refusal).max(max, refusal).default(defaultValue);
}

const DIGITS_SHOWN = 6;
const DIGITS_MAX = 15;

/** Making a format takes longer than using it a hundred times. */
const FORMATS: readonly Intl.NumberFormat[] = Array.from(
  { length: DIGITS_MAX },
  (_, index) => new Intl.NumberFormat("en-US", { maximumSignificantDigits: index + 1 }),
);

/** Two numbers for people, rounded to six significant digits, or to as many as it takes to tell them apart. */
export function apart(a: number, b: number): readonly [string, string] {
  for (let digits = DIGITS_SHOWN; digits < DIGITS_MAX; digits += 1) {
    const texts = [rounded(a, digits), rounded(b, digits)] as const;
    if (texts[0] !== texts[1]) return texts;
  }
  return [rounded(a, DIGITS_MAX), rounded(b, DIGITS_MAX)];
}

/** A number for people, with at most six significant digits unless told otherwise: `42,150.2`. */
export function rounded(value: number, digits: number = DIGITS_SHOWN): string {
  return (FORMATS[digits - 1] ?? FORMATS[DIGITS_MAX - 1]!).format(value);
}

function expected(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `expected ${what}, found ${typeof input === "string" ? JSON.stringify(input) : String(input)}`;
}
