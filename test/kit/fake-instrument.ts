import type { Instrument } from "../../src/domain/instrument.ts";
import { decimal } from "../../src/domain/money.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { BotFacts, NewBot } from "../../src/ports/engine.ts";
import type { EntryNow } from "../../src/ports/risk-facts.ts";
import { checkEntry } from "../../src/risk/entry.ts";
import { checkLeverage, checkLeveragedStop } from "../../src/risk/leverage.ts";
import { nearestStopPct } from "../../src/risk/sizing.ts";

/** The rules of every symbol of the fake desk. */
export function instrumentOf(symbol: string): Instrument {
  const [base = "", quote = ""] = symbol.split(/[/:]/);
  const step = decimal("0.00001");
  const costs = { makerFeeBps: 10, takerFeeBps: 10, halfSpreadBps: 1, slippageBps: 1 };
  const contract = symbol.includes(":") ? { contract: { size: step, settle: quote, leverageMax: 50 } } : {};
  return { symbol, base, quote, tickSize: decimal("0.01"), lotSize: step, notionalMin: decimal(5), ...costs, ...contract };
}

/** What the real engine refuses of a bot's leverage. */
export function refuseLeverage({ symbol, leverage, protection: { stopPct = Number.POSITIVE_INFINITY } }: NewBot): void {
  if (leverage === undefined) return;
  checkLeverage(instrumentOf(symbol), leverage);
  checkLeveragedStop(instrumentOf(symbol), "buy", leverage, stopPct);
}

/** What the risk door says of a flat bot whose account holds nothing but cash. */
export function entryOf(bot: BotFacts | undefined, cash: string): EntryNow | undefined {
  if (!bot?.price || !isFlat(bot.state.position)) return undefined;
  const { symbol, sizing, sizeMax, protection } = bot.state.spec;
  return checkEntry({
    ...{
      instrument: instrumentOf(symbol),
      price: bot.price,
      sizing,
      sizeMax,
      stopPct: nearestStopPct(protection, bot.price.toNumber(), undefined),
    },
    limits: { dailyLossPct: 5, positionCapPct: 50 },
    ...{ equity: decimal(cash), cashFree: decimal(cash), dayOpeningEquity: decimal(cash) },
    ...{ tripped: false, halted: undefined, late: false },
  });
}
