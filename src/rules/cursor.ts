import { RuleError } from "./errors.ts";
import type { Token } from "./lexer.ts";

const FOUND_MAX = 30;

/** Walks over the tokens of a rule. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The token that comes next; the end stays. */
  get at(): Token {
    return this.#tokens[this.#index]!;
  }

  get ended(): boolean {
    return this.at.kind === "end";
  }

  next(): Token {
    const token = this.at;
    if (token.kind !== "end") this.#index += 1;
    return token;
  }

  /** The next token's text, which is passed, when it is one of these words or signs. */
  take(words: readonly string[]): string | undefined {
    const { kind, text } = this.at;
    return (kind === "word" || kind === "sign") && words.includes(text) ? this.next().text : undefined;
  }

  need(sign: string, expected: string): void {
    if (this.take([sign]) === undefined) throw this.expected(expected, [sign]);
  }

  /** The refusal of the next token. */
  expected(expected: string, candidates: readonly string[], hint = ""): RuleError {
    return new RuleError(this.at.column, `expected ${expected}, found ${foundText(this.at)}${hint}`, candidates);
  }
}

function foundText({ kind, text }: Token): string {
  if (kind === "end") return "the end";
  const shown = text.length > FOUND_MAX ? `${text.slice(0, FOUND_MAX)}...` : text;
  return `"${shown}${kind === "percent" ? "%" : ""}"`;
}
