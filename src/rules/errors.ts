import { UserError } from "../domain/errors.ts";

/** A rule that cannot be read or makes no sense: one sentence that points at a column (from 1). */
export class RuleError extends UserError {
  readonly column: number;
  /** The message without its full stop, to stand in another sentence. */
  readonly sentence: string;
  /** What may stand there, as it is typed; the completion offers it. */
  readonly candidates: readonly string[];

  constructor(column: number, sentence: string, candidates: readonly string[] = []) {
    super(`Column ${column}: ${sentence}.`);
    this.column = column;
    this.sentence = `column ${column}: ${sentence}`;
    this.candidates = candidates;
  }
}
