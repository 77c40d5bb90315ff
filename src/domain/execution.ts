import type { Protection } from "./bot.ts";
import type { Instrument } from "./instrument.ts";
import type { Decimal } from "./money.ts";
import type { Order } from "./order.ts";
import type { MarketMs } from "./time.ts";

/** One bot's working orders with the position that its protective and closing orders may reduce. */
export interface BotBook {
  readonly instrument: Instrument;
  readonly orders: readonly Order[];
  readonly positionQuantity: Decimal;
  readonly positionCost: Decimal;
  readonly protection: Protection;
  readonly highest: Decimal | undefined;
  /** Quote that entries may spend, fees included: what the venue would refuse beyond. */
  readonly cash: Decimal;
}

export interface Execution {
  readonly clientOrderId: string;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly fee: Decimal;
  readonly liquidity: "maker" | "taker";
  readonly marketMs: MarketMs;
  /** Of a stop, the level at which it stood, in quote: what it was slower or worse than, if it was. */
  readonly trigger?: Decimal;
}
