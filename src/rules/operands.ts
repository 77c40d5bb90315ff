import { nearest } from "../domain/nearest.ts";
import { FIELDS } from "../domain/series.ts";
import type { Cursor } from "./cursor.ts";
import { RuleError } from "./errors.ts";
import { exampleOf, FUNCTIONS, functionNamed, type RuleFunction } from "./functions.ts";
import { HISTORY_MAX } from "./limits.ts";
import { paramProblem } from "./params.ts";
import { FACTS, type Tree } from "./tree.ts";

/** Words that join others and are no value. */
const JOINING: readonly string[] = ["and", "or", "not", "crosses", "above", "below"];
/** The line that is meant where none is named. */
const MAIN_LINE = "value";

/** The word that counts how many of its conditions are true. */
export const SCORE = "score";

/** Every name that stands for a value. */
export function valueNames(): readonly string[] {
  return [...FIELDS, ...FUNCTIONS.map(({ name }) => name), ...FACTS, SCORE];
}

/** A number, a field of the candle, an indicator or a fact of the position, with its history. */
export function operand(cursor: Cursor): Tree {
  const { kind, text, column } = cursor.at;
  if (kind === "number" || kind === "percent") {
    cursor.next();
    return { kind, value: Number(text), column };
  }
  if (kind !== "word" || JOINING.includes(text))
    throw cursor.expected("a value such as close, 30 or rsi(14)", [...valueNames(), "not", "("]);
  const field = FIELDS.find((each) => each === text);
  const fact = FACTS.find((each) => each === text);
  const known = functionNamed(text);
  if (field === undefined && fact === undefined && known === undefined) throw unknownName(cursor);
  cursor.next();
  if (known) return indicator(cursor, known, column);
  if (field) return { kind: "field", name: field, back: history(cursor), column };
  if (cursor.at.text === "[") throw cursor.expected(`an operator, because ${text} has no history`, []);
  return { kind: "fact", name: fact!, column };
}

function unknownName(cursor: Cursor): RuleError {
  const { text } = cursor.at;
  const names = valueNames();
  return cursor.expected(
    "a name that rules know",
    names.filter((name) => name.startsWith(text)),
    meant(text, names) ?? `; there are ${names.join(", ")}`,
  );
}

function indicator(cursor: Cursor, known: RuleFunction, column: number): Tree {
  const arity = arityOf(known);
  cursor.need("(", arity);
  const params: number[] = [];
  for (const [index, param] of known.params.entries()) {
    if (index > 0) cursor.need(",", arity);
    const { column: at } = cursor.at;
    const negative = cursor.take(["-"]) !== undefined;
    const { kind, text } = cursor.at;
    if (kind !== "number") throw cursor.expected(arity, [String(param.example)]);
    const value = negative ? -Number(text) : Number(text);
    const problem = paramProblem(param, value);
    if (problem !== undefined) throw new RuleError(at, `${known.name}: ${problem}`);
    params.push(value);
    cursor.next();
  }
  cursor.need(")", arity);
  const misfit = known.refuse?.(params);
  if (misfit !== undefined) throw new RuleError(column, `${known.name}: ${misfit}`);
  return { kind: "indicator", name: known.name, params, line: line(cursor, known), back: history(cursor), column };
}

function arityOf(known: RuleFunction): string {
  const { params, name } = known;
  const example = `after ${name}, as ${exampleOf(known)}`;
  if (params.length === 0) return `empty parentheses ${example}`;
  const count = params.length === 1 ? "1 number" : `${params.length} numbers`;
  return `${count} in parentheses (${params.map((param) => param.name).join(", ")}) ${example}`;
}

function line(cursor: Cursor, { name, lines }: RuleFunction): string {
  const names = lines.map((each) => each.name).filter((each) => each !== MAIN_LINE);
  if (names.length === 0 && cursor.at.text === ".") throw cursor.expected(`an operator, because ${name} has one line only`, []);
  if (names.length < lines.length && cursor.at.text !== ".") return MAIN_LINE;
  const expected = `one of its lines after ${name}: ${names.map((each) => `.${each}`).join(", ")}`;
  if (cursor.take(["."]) === undefined) throw cursor.expected(expected, ["."]);
  const found = cursor.at.kind === "word" ? cursor.take(names) : undefined;
  if (found === undefined) throw cursor.expected(expected, names, cursor.at.kind === "word" ? (meant(cursor.at.text, names) ?? "") : "");
  return found;
}

/** `[3]`: the value three candles ago. */
function history(cursor: Cursor): number {
  if (cursor.take(["["]) === undefined) return 0;
  const expected = `a whole number of candles from 0 to ${HISTORY_MAX}`;
  const { kind, text } = cursor.at;
  const back = kind === "number" ? Number(text) : Number.NaN;
  if (!Number.isInteger(back) || back > HISTORY_MAX) throw cursor.expected(expected, ["1"]);
  cursor.next();
  cursor.need("]", "a closing bracket");
  return back;
}

function meant(text: string, names: readonly string[]): string | undefined {
  const option = nearest(text, names);
  return option && ` (did you mean ${option}?)`;
}
