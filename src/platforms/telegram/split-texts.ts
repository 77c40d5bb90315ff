/** The app cuts a text at 4,096 characters, at a space before it when there is one; so what is this long may be only the beginning. */
export const WHOLE_TEXT_MAX = 3_500;
/** The pieces of one text arrive together. */
const PIECES_WITHIN_SECONDS = 2;
const REMEMBERED_MAX = 1_000;

interface Piece {
  readonly chatId: number;
  readonly userId: string;
  readonly text: string;
  readonly dateSeconds: number;
}

/** Finds texts that the app cut into pieces: none of them may be read as if it were whole. */
export class SplitTexts {
  readonly #lastSeconds = new Map<string, number>();

  /** `first` begins a text that is too long, `rest` continues it, `whole` stands for itself. */
  judge({ chatId, userId, text, dateSeconds }: Piece, isCommand: boolean): "whole" | "first" | "rest" {
    const key = `${chatId} ${userId}`;
    const before = this.#lastSeconds.get(key);
    const continues = before !== undefined && !isCommand && dateSeconds - before <= PIECES_WITHIN_SECONDS;
    this.#lastSeconds.delete(key);
    if (!continues && text.length <= WHOLE_TEXT_MAX) return "whole";
    this.#lastSeconds.set(key, dateSeconds);
    const [oldest] = this.#lastSeconds.keys();
    if (this.#lastSeconds.size > REMEMBERED_MAX && oldest !== undefined) this.#lastSeconds.delete(oldest);
    return continues ? "rest" : "first";
  }
}
