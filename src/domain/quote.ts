/** The best prices on both sides of a book. */
export interface Quote {
  readonly bid: number;
  readonly ask: number;
}

/** A quote that can be one; undefined where a side is missing, or the sides are crossed. */
export function quoteOf(bid: number | undefined, ask: number | undefined): Quote | undefined {
  if (bid === undefined || ask === undefined || !(bid > 0) || !(ask >= bid) || !Number.isFinite(ask)) return undefined;
  return { bid, ask };
}

/** The distance of its sides in basis points of their middle, to a hundredth of one. */
export function spreadBpsOf({ bid, ask }: Quote): number {
  return Math.round(((ask - bid) / ((ask + bid) / 2)) * 1_000_000) / 100;
}
