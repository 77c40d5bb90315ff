/** So much of something in so long. */
export interface Limit {
  readonly limit: number;
  readonly spanMs: number;
}

/** Amounts of a span are kept in so many pieces, which bounds memory; each is forgotten when its youngest part is old enough. */
const PIECES = 600;

/** How much was used within the last span, wherever the span begins: never less than what an exchange counts in its own fixed spans. */
export class Window {
  readonly limit: number;
  readonly spanMs: number;
  readonly #pieceMs: number;
  #pieces: { readonly index: number; amount: number }[] = [];

  constructor({ limit, spanMs }: Limit) {
    this.limit = limit;
    this.spanMs = spanMs;
    this.#pieceMs = spanMs / PIECES;
  }

  used(nowMs: number): number {
    this.#pieces = this.#pieces.filter(({ index }) => this.#endMs(index) > nowMs);
    return this.#pieces.reduce((sum, { amount }) => sum + amount, 0);
  }

  add(amount: number, nowMs: number): void {
    const index = Math.floor(nowMs / this.#pieceMs);
    const last = this.#pieces.at(-1);
    if (last?.index === index) last.amount += amount;
    else this.#pieces.push({ index, amount });
  }

  /** What the exchange says was used counts when it is more than what we know of: somebody else uses the same address or account. */
  correct(used: number, nowMs: number): void {
    const unknown = used - this.used(nowMs);
    if (unknown > 0) this.add(unknown, nowMs);
  }

  /** The first instant at which so much more fits under a bound, if nothing else is used until then; undefined when it never does. */
  fitsAtMs(amount: number, bound: number, nowMs: number): number | undefined {
    if (amount > bound) return undefined;
    let used = this.used(nowMs);
    if (used + amount <= bound) return nowMs;
    for (const piece of this.#pieces) {
      used -= piece.amount;
      if (used + amount <= bound) return this.#endMs(piece.index);
    }
    return undefined;
  }

  #endMs(index: number): number {
    return (index + 1) * this.#pieceMs + this.spanMs;
  }
}
