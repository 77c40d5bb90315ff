/** What a strategy wishes at one closed candle, with its reason in words. A wish: risk may deny it, the executor acts. */
export type Signal =
  | { readonly kind: "hold"; readonly reason?: string }
  | { readonly kind: "enter"; readonly side: "long"; readonly reason: string; readonly parts?: readonly number[] }
  /** Buys more of what is held already: the numbered parts of a position that is built of several. */
  | { readonly kind: "add"; readonly reason: string; readonly parts: readonly number[] }
  /** Sells all, or only what was bought as these parts. */
  | { readonly kind: "exit"; readonly reason: string; readonly parts?: readonly number[] };

export const hold: Signal = { kind: "hold" };

/** To open a position, with the reason for people. */
export function enter(side: "long", reason: string): Signal {
  return { kind: "enter", side, reason };
}

/** To close a position, or these parts of it, with the reason for people. */
export function exit(reason: string, parts?: readonly number[]): Signal {
  return { kind: "exit", reason, ...(parts && { parts }) };
}

/** Begins a position with these parts of it where nothing is held, else adds them. */
export function build(isFlat: boolean, parts: readonly number[], reason: string): Signal {
  return isFlat ? { kind: "enter", side: "long", reason, parts } : { kind: "add", reason, parts };
}

/** An indicator by declaration: equal declarations are computed once per feed, however many bots read them. */
export interface IndicatorSpec {
  /** The file in src/indicators that computes it. */
  readonly name: string;
  readonly params: Readonly<Record<string, number>>;
}

/** Equal for equal declarations: `ema(period=12)`. */
export function indicatorKey(spec: IndicatorSpec): string {
  const params = Object.keys(spec.params).sort();
  return `${spec.name}(${params.map((name) => `${name}=${spec.params[name]}`).join(",")})`;
}
