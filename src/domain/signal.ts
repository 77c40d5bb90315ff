/** What a strategy wishes at one closed candle, with its reason in words. A wish: risk may deny it, the executor acts. */
export type Signal =
  | { readonly kind: "hold"; readonly reason?: string }
  | { readonly kind: "enter"; readonly side: "long"; readonly reason: string }
  | { readonly kind: "exit"; readonly reason: string };

export const hold: Signal = { kind: "hold" };

export function enter(side: "long", reason: string): Signal {
  return { kind: "enter", side, reason };
}

export function exit(reason: string): Signal {
  return { kind: "exit", reason };
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
