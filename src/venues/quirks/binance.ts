import { exchangeName } from "../../domain/exchange-names.ts";

/** Binance.com spot. Weights and limits: its pages "REST API" and "Limits", 2026. */
export const BINANCE = {
  exchangeId: "binance",
  name: exchangeName("binance"),
  /** A stop with a target is an order list of two legs that are named by where they lie. */
  pairStyle: "order-list",
  /** It tells what a key may do, in the live world only. */
  tellsKeyRights: true,
  feeBps: 10,
  weightLimits: [{ limit: 6_000, spanMs: 60_000 }],
  orderLimits: [
    { limit: 100, spanMs: 10_000 },
    { limit: 200_000, spanMs: 86_400_000 },
  ],
  weights: {
    "GET /api/v3/exchangeInfo": 20,
    "GET /api/v3/account": 20,
    "GET /api/v3/order": 4,
    "GET /api/v3/openOrders": 6,
    "GET /api/v3/allOrders": 20,
    "GET /api/v3/myTrades": 20,
  },
} as const;
