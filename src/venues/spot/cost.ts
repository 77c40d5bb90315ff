import type { Cost } from "../governor.ts";
import type { WireCall } from "../wire.ts";

const LIST = /\/oco$/;

/** What a call of the Binance dialect uses up, by the exchange's own table of weights; 1 where it has none. */
export function spotCost(weights: Readonly<Record<string, number>>): (call: WireCall) => Cost {
  return ({ method, path }) => {
    const orders = method === "POST" ? (LIST.test(path) ? 2 : 1) : 0;
    return { weight: weights[`${method} ${path}`] ?? 1, orders };
  };
}
