import type { Instrument } from "../../src/domain/instrument.ts";
import { decimal } from "../../src/domain/money.ts";

/** The rules of every symbol of the fake desk. */
export function instrumentOf(symbol: string): Instrument {
  const [base = "", quote = ""] = symbol.split(/[/:]/);
  const step = decimal("0.00001");
  const costs = { makerFeeBps: 10, takerFeeBps: 10, halfSpreadBps: 1, slippageBps: 1 };
  return { symbol, base, quote, tickSize: decimal("0.01"), lotSize: step, notionalMin: decimal(5), ...costs };
}
