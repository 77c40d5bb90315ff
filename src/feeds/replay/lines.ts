const NEWLINE_CODE = 10;
const RETURN_CODE = 13;
/** Longer lines are no candles. */
export const LINE_BYTES_MAX = 4_096;

/** One line of a byte stream, without its line end. The bytes are only valid during the call. */
export type OnLine = (bytes: Uint8Array, from: number, to: number, line: number) => boolean;

/** Cuts chunks of bytes into lines; `onLine` answers whether to go on. Line numbers start at 1. */
export class LineCutter {
  readonly #onLine: OnLine;
  #rest: Uint8Array = new Uint8Array(0);
  #line = 0;
  #stopped = false;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  /** Number of the line that was cut last. */
  get line(): number {
    return this.#line;
  }

  /** Takes the next chunk; false when no more are wanted. */
  push(chunk: Uint8Array): boolean {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    while (!this.#stopped) {
      const end = bytes.indexOf(NEWLINE_CODE, from);
      if (end < 0) break;
      this.#cut(bytes, from, end);
      from = end + 1;
    }
    this.#rest = bytes.slice(from);
    if (this.#rest.length > LINE_BYTES_MAX) this.finish();
    return !this.#stopped;
  }

  /** Cuts what follows the last line end. */
  finish(): void {
    if (!this.#stopped && this.#rest.length > 0) this.#cut(this.#rest, 0, this.#rest.length);
    this.#rest = new Uint8Array(0);
  }

  #cut(bytes: Uint8Array, from: number, end: number): void {
    this.#line += 1;
    const to = end > from && bytes[end - 1] === RETURN_CODE ? end - 1 : end;
    if (!this.#onLine(bytes, from, to, this.#line)) this.#stopped = true;
  }
}
