/** How an order meets the other side. Decided by the order's identity alone, so that equal runs are equal. */
export interface FillPlan {
  /** Into how many executions it is cut, 1 or more. */
  pieces(symbol: string, orderId: number): number;
  /** The share of a market, IOC or FOK order that finds somebody to trade with, above 0 and at most 1. */
  share(symbol: string, orderId: number): number;
  /** How long after an execution nobody can see it in the list of trades. */
  tradeLagMs(symbol: string, orderId: number): number;
}

/** Every order meets a deep book: one execution, all of it, seen at once. */
export const WHOLE_FILLS: FillPlan = { pieces: () => 1, share: () => 1, tradeLagMs: () => 0 };

export interface SeededFills {
  readonly seed: number;
  readonly piecesMax: number;
  /** How often an immediate order finds only a part, from 0 to 1. */
  readonly partialChance: number;
  readonly tradeLagMaxMs?: number;
}

/** Fills in pieces and parts, the same for an equal seed. */
export function seededFills({ seed, piecesMax, partialChance, tradeLagMaxMs = 0 }: SeededFills): FillPlan {
  const draw = (symbol: string, orderId: number, salt: number) => hashed(`${seed}:${symbol}:${orderId}:${salt}`);
  return {
    pieces: (symbol, orderId) => 1 + Math.floor(draw(symbol, orderId, 1) * piecesMax),
    share: (symbol, orderId) => (draw(symbol, orderId, 2) < partialChance ? 0.1 + 0.8 * draw(symbol, orderId, 3) : 1),
    tradeLagMs: (symbol, orderId) => Math.floor(draw(symbol, orderId, 4) * tradeLagMaxMs),
  };
}

/** FNV-1a, mixed: a number from 0 up to 1 for a text. */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}
