import type { AdvisedSymbol } from "../ports/advisor.ts";
import type { Account } from "./account.ts";

/** Symbols on which running bots ask for advice, each once for its market. */
export function advisedSymbols(accounts: readonly Account[]): AdvisedSymbol[] {
  const found = new Map<string, AdvisedSymbol>();
  for (const { state, services } of accounts) {
    const market = services.market.key;
    for (const { spec, status } of state.bots.values())
      if (spec.advice !== undefined && status === "running") found.set(`${market} ${spec.symbol}`, { market, symbol: spec.symbol });
  }
  return [...found.values()];
}
