import { type Decimal, decimal, ZERO } from "../../../../src/domain/money.ts";
import type { SpotOrderType } from "./order.ts";

/** `halted`: no orders, no cancels, no executions. `cancel-only`: cancels pass. `delisted`: the symbol is gone and its open orders were canceled. */
export type TradingMode = "trading" | "halted" | "cancel-only" | "delisted";

/** The filters of a symbol. Money as text. */
export interface SpotRules {
  readonly tick: string;
  readonly priceMin: string;
  readonly priceMax: string;
  readonly lot: string;
  readonly quantityMin: string;
  readonly quantityMax: string;
  readonly marketQuantityMax: string;
  readonly notionalMin: string;
  readonly notionalMax: string;
  /** How far from the last price a buyer's and a seller's price may be, as factors. */
  readonly bidUp: string;
  readonly bidDown: string;
  readonly askUp: string;
  readonly askDown: string;
  readonly ordersMax: number;
  readonly algoOrdersMax: number;
  readonly orderListsMax: number;
  /** "0" is no limit. */
  readonly positionMax: string;
}

export interface SpotListing {
  /** As `BTCUSDT`. */
  readonly id: string;
  readonly base: string;
  readonly quote: string;
  /** Half of the distance between bid and ask. */
  readonly halfSpreadBps: number;
  readonly orderTypes: readonly SpotOrderType[];
  readonly rules: SpotRules;
}

const DEFAULT_RULES: SpotRules = {
  tick: "0.01",
  priceMin: "0.01",
  priceMax: "1000000",
  lot: "0.00001",
  quantityMin: "0.00001",
  quantityMax: "9000",
  marketQuantityMax: "120",
  notionalMin: "5",
  notionalMax: "9000000",
  bidUp: "5",
  bidDown: "0.2",
  askUp: "5",
  askDown: "0.2",
  ordersMax: 200,
  algoOrdersMax: 5,
  orderListsMax: 20,
  positionMax: "0",
};

/** A symbol with rules like those of BTCUSDT, or the given ones. */
export function spotListing(
  base: string,
  quote: string,
  rules: Partial<SpotRules> = {},
  options: Partial<Pick<SpotListing, "halfSpreadBps" | "orderTypes">> = {},
): SpotListing {
  return {
    id: `${base}${quote}`,
    base,
    quote,
    halfSpreadBps: options.halfSpreadBps ?? 1,
    orderTypes: options.orderTypes ?? [
      "LIMIT",
      "LIMIT_MAKER",
      "MARKET",
      "STOP_LOSS",
      "STOP_LOSS_LIMIT",
      "TAKE_PROFIT",
      "TAKE_PROFIT_LIMIT",
    ],
    rules: { ...DEFAULT_RULES, ...rules },
  };
}

/** The same rules as exact numbers. */
export interface ExactRules {
  readonly tick: Decimal;
  readonly priceMin: Decimal;
  readonly priceMax: Decimal;
  readonly lot: Decimal;
  readonly quantityMin: Decimal;
  readonly quantityMax: Decimal;
  readonly marketQuantityMax: Decimal;
  readonly notionalMin: Decimal;
  readonly notionalMax: Decimal;
  readonly bidUp: number;
  readonly bidDown: number;
  readonly askUp: number;
  readonly askDown: number;
  readonly ordersMax: number;
  readonly algoOrdersMax: number;
  readonly orderListsMax: number;
  readonly positionMax: Decimal | undefined;
}

export function exactRules(rules: SpotRules): ExactRules {
  const positionMax = decimal(rules.positionMax);
  return {
    tick: decimal(rules.tick),
    priceMin: decimal(rules.priceMin),
    priceMax: decimal(rules.priceMax),
    lot: decimal(rules.lot),
    quantityMin: decimal(rules.quantityMin),
    quantityMax: decimal(rules.quantityMax),
    marketQuantityMax: decimal(rules.marketQuantityMax),
    notionalMin: decimal(rules.notionalMin),
    notionalMax: decimal(rules.notionalMax),
    bidUp: Number(rules.bidUp),
    bidDown: Number(rules.bidDown),
    askUp: Number(rules.askUp),
    askDown: Number(rules.askDown),
    ordersMax: rules.ordersMax,
    algoOrdersMax: rules.algoOrdersMax,
    orderListsMax: rules.orderListsMax,
    positionMax: positionMax.isEqualTo(ZERO) ? undefined : positionMax,
  };
}
