import { RuleError } from "./errors.ts";
import { FRACTION_DIGITS_MAX, RULE_LENGTH_MAX, WHOLE_DIGITS_MAX } from "./limits.ts";

export interface Token {
  readonly kind: "word" | "number" | "percent" | "sign" | "end";
  /** As it counts: words in small letters. */
  readonly text: string;
  /** Of its first character, from 1. */
  readonly column: number;
}

const SPACE = /\s+/y;
const WORD = /[a-z_][a-z0-9_]*/iy;
const NUMBER = /\d+(?:\.\d+)?/y;
const PERCENT = /\s*%/y;
const SIGN = /<=|>=|==|!=|[()[\],.+\-*/<>]/y;

/** What people of other languages type, and what it is called here. */
const INSTEAD: Readonly<Record<string, string>> = {
  "=": "==",
  "&": "and",
  "|": "or",
  "!": "not",
  "≥": ">=",
  "≤": "<=",
  "×": "*",
  "÷": "/",
};

/** Cuts a rule into tokens, the last of which is the end. Throws RuleError. */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > RULE_LENGTH_MAX) {
    const sentence = `expected a rule of at most ${RULE_LENGTH_MAX} characters, found ${text.length}`;
    throw new RuleError(RULE_LENGTH_MAX + 1, sentence);
  }
  const tokens: Token[] = [];
  let at = 0;
  const matched = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  for (;;) {
    matched(SPACE);
    const column = at + 1;
    if (at >= text.length) return [...tokens, { kind: "end", text: "", column }];
    const word = matched(WORD);
    const number = word === undefined ? matched(NUMBER) : undefined;
    if (word !== undefined) tokens.push({ kind: "word", text: word.toLowerCase(), column });
    else if (number !== undefined)
      tokens.push({ kind: matched(PERCENT) === undefined ? "number" : "percent", text: checked(number, column), column });
    else tokens.push({ kind: "sign", text: matched(SIGN) ?? refuse(text, at), column });
  }
}

function checked(number: string, column: number): string {
  const [whole = "", fraction = ""] = number.split(".");
  if (whole.length <= WHOLE_DIGITS_MAX && fraction.length <= FRACTION_DIGITS_MAX) return number;
  const sentence = `expected a number with at most ${WHOLE_DIGITS_MAX} digits before and ${FRACTION_DIGITS_MAX} after the point, found one of ${number.length} characters`;
  throw new RuleError(column, sentence);
}

function refuse(text: string, at: number): never {
  const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const instead = Object.hasOwn(INSTEAD, found) ? `; write ${INSTEAD[found]} instead` : "";
  throw new RuleError(at + 1, `expected words, numbers and signs of a rule, found "${found}"${instead}`);
}
