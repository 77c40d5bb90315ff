import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import { fromJson, toJson } from "../../domain/money.ts";
import { StoreUnavailable } from "../../ports/store.ts";

/** How far streams had come when something was done: whoever asked reads on to there before it is answered. */
export type Reached = Readonly<Record<string, number>>;

/** Why something was not done: `user` and `transient` are for the person, in one sentence; a `fault` is not. */
export interface Refusal {
  readonly kind: "refused";
  readonly by: "user" | "transient" | "fault";
  readonly message: string;
}

export type Answer = { readonly kind: "done"; readonly result: unknown; readonly reached: Reached } | Refusal;

/** What stands for a number that JSON has no word for, as an indicator that is not warm yet. */
interface Wordless {
  readonly $n: "NaN" | "Infinity" | "-Infinity";
}

/** The text of something that one process tells another, in which decimals, maps and all numbers survive. */
export function encodeAnswer(value: unknown): string {
  return toJson(worded(value));
}

/** What `encodeAnswer` wrote. The caller knows its shape, because both ends are one build. */
export function decodeAnswer(text: string): unknown {
  return unworded(fromJson(text));
}

/** A failure as it is told to another process. */
export function refusalOf(failure: unknown): Refusal {
  const message = messageOf(failure);
  if (failure instanceof UserError) return { kind: "refused", by: "user", message };
  if (failure instanceof TransientError || failure instanceof StoreUnavailable) return { kind: "refused", by: "transient", message };
  return { kind: "refused", by: "fault", message };
}

/** The same failure where it was asked for. */
export function failureOf({ by, message }: Refusal): Error {
  if (by === "user") return new UserError(message);
  return by === "transient" ? new TransientError(message) : new Error(message);
}

function worded(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return { $n: String(value) };
  return mapped(value, worded);
}

function unworded(value: unknown): unknown {
  if (isWordless(value)) return Number(value.$n);
  return mapped(value, unworded);
}

function isWordless(value: unknown): value is Wordless {
  return typeof value === "object" && value !== null && "$n" in value && typeof value.$n === "string" && Object.keys(value).length === 1;
}

/** Lists, maps and plain objects with each value changed; decimals and texts as they are. */
function mapped(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, change(each)]));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, change(each)]));
}
