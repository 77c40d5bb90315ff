import { exchangeName } from "../../domain/exchange-names.ts";

/** Binance.US spot. It has no demo world and lists no endpoint for a key's rights. Weights and limits: its page "REST API", 2021 edition. */
export const BINANCEUS = {
  exchangeId: "binanceus",
  name: exchangeName("binanceus"),
  /** The older form: a limit leg and a stop leg. It lists no other order lists. */
  pairStyle: "order-oco",
  tellsKeyRights: false,
  feeBps: 10,
  weightLimits: [{ limit: 1_200, spanMs: 60_000 }],
  orderLimits: [
    { limit: 50, spanMs: 10_000 },
    { limit: 160_000, spanMs: 86_400_000 },
  ],
  weights: {
    "GET /api/v3/exchangeInfo": 10,
    "GET /api/v3/account": 10,
    "GET /api/v3/order": 2,
    "GET /api/v3/openOrders": 3,
    "GET /api/v3/allOrders": 10,
    "GET /api/v3/myTrades": 10,
  },
} as const;
