import { BOT_NAME, type BotSpec } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import { type Instrument, splitSymbol } from "../domain/instrument.ts";
import type { NewBot } from "../ports/engine.ts";
import type { Market } from "../ports/market.ts";
import { protectionProblem } from "../risk/entry.ts";
import { checkLeverage, checkLeveragedStop } from "../risk/leverage.ts";
import { sizingProblem } from "../risk/sizing.ts";
import { strategyNamed } from "../strategies/registry.ts";

export interface BotIdentity {
  readonly id: string;
  readonly owner: string;
  readonly account: string;
  readonly currency: string;
}

/** A checked spec of a new paper bot. Throws UserError with one sentence for the first thing that cannot be. */
export function specOf(wish: NewBot, identity: BotIdentity, market: Market): BotSpec {
  if (!BOT_NAME.test(wish.name)) {
    throw new UserError(
      `A bot's name is 1 to 32 lower-case letters, digits and dashes and begins with a letter; "${wish.name.slice(0, 40)}" is not. Choose another name.`,
    );
  }
  const instrument = instrumentOf(market, wish.symbol);
  if (!instrument) throw new UserError(`This market has no symbol ${wish.symbol.slice(0, 40)}. Choose one of ${someSymbols(market)}.`);
  const { symbol } = instrument;
  if (instrument.quote !== identity.currency) {
    throw new UserError(
      `${symbol} is paid in ${instrument.quote}, and your paper account holds ${identity.currency}. Choose a symbol quoted in ${identity.currency}.`,
    );
  }
  const { stopPct, takePct, trailingPct } = wish.protection;
  const wrong =
    protectionProblem("stop", stopPct) ??
    protectionProblem("take", takePct) ??
    protectionProblem("trailing", trailingPct) ??
    sizingProblem(wish.sizing, wish.protection, wish.sizeMax);
  if (wrong) throw new UserError(`${wrong[0]?.toUpperCase()}${wrong.slice(1)}.`);
  const { name, group, timeframe, sizing, sizeMax, protection, leverage } = wish;
  if (leverage !== undefined) {
    checkLeverage(instrument, leverage);
    checkLeveragedStop(instrument, "buy", leverage, Math.min(stopPct ?? Number.POSITIVE_INFINITY, trailingPct ?? Number.POSITIVE_INFINITY));
  }
  const { id, owner, account } = identity;
  return {
    id,
    name,
    group,
    owner,
    account,
    mode: "paper",
    symbol,
    timeframe,
    strategy: wish.strategy,
    params: paramsOf(wish),
    sizing,
    protection,
    ...(sizeMax === undefined ? {} : { sizeMax }),
    ...(leverage === undefined ? {} : { leverage }),
  };
}

/** What is traded under a typed symbol: `BTC/USDT` is the perpetual contract where there is nothing else of that name. */
function instrumentOf({ instruments }: Market, typed: string): Instrument | undefined {
  const symbol = splitSymbol(typed)?.symbol ?? typed;
  return instruments.get(symbol) ?? instruments.get(`${symbol}:${symbol.split("/")[1]}`);
}

function paramsOf(wish: NewBot): Record<string, number> {
  const strategy = strategyNamed(wish.strategy);
  const parsed = strategy.params.safeParse(wish.params);
  if (parsed.success) return parsed.data as Record<string, number>;
  const issue = parsed.error.issues[0];
  const where = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw new UserError(`The parameters of ${strategy.name} do not fit: ${where}${issue?.message}.`);
}

function someSymbols(market: Market): string {
  const symbols = [...market.instruments.keys()].sort();
  return symbols.length <= 12 ? symbols.join(", ") : `${symbols.slice(0, 12).join(", ")} and ${symbols.length - 12} more`;
}
