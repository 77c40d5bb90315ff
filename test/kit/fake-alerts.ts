import { UserError } from "../../src/domain/errors.ts";
import { marketMs } from "../../src/domain/time.ts";
import type { RuleAlerts } from "../../src/ports/rule-alerts.ts";
import { MARKET_START } from "./fake-ledger.ts";

/** Rules as the real engine would find them: of its own market, not true yet, and asked. */
export function fakeAlerts(symbols: ReadonlyMap<string, unknown>): RuleAlerts {
  return {
    async stand({ symbol }) {
      if (!symbols.has(symbol)) throw new UserError(`There is no ${symbol} in this market.`);
      return { isTrue: false, atMs: marketMs(MARKET_START) };
    },
    isWatched: ({ market }) => market === "fake",
  };
}
