import { decimal } from "../../../src/domain/money.ts";
import type { OrderRef, OrderRequest } from "../../../src/ports/live-venue.ts";

export const NOW_MS = Date.UTC(2026, 0, 1);
export const ID = "ssabcdefghij0123456789";
export const REQUEST: OrderRequest = {
  clientOrderId: ID,
  symbol: "BTC/USDT",
  side: "buy",
  kind: "market",
  quantity: decimal("0.001"),
  reduces: false,
};
export const STOP: OrderRequest = {
  ...REQUEST,
  side: "sell",
  kind: "protection",
  stopPrice: decimal(59_000),
  stopLimitPrice: decimal("58900.5"),
  reduces: true,
};
export const REF: OrderRef = { clientOrderId: ID, symbol: "BTC/USDT", kind: "market", venueOrderIds: [] };
export const PLACED = { orderId: 28, clientOrderId: ID, transactTime: NOW_MS, executedQty: "0.00100000", status: "FILLED" };
export const FILL = { price: "60000.10", qty: "0.00100000", commission: "0.00000100", commissionAsset: "BTC", tradeId: 57 };
export const ROW = {
  symbol: "BTCUSDT",
  orderId: 28,
  orderListId: -1,
  clientOrderId: ID,
  origQty: "0.00100000",
  executedQty: "0.00040000",
  status: "PARTIALLY_FILLED",
  type: "LIMIT",
  side: "BUY",
  stopPrice: "0.00000000",
  time: NOW_MS,
};
export const STOP_LEG = {
  ...ROW,
  orderId: 10,
  orderListId: 1,
  clientOrderId: `${ID}s`,
  type: "STOP_LOSS_LIMIT",
  side: "SELL",
  status: "NEW",
};
export const LEGS = [
  { ...STOP_LEG, executedQty: "0.00", stopPrice: "59000.00" },
  { ...STOP_LEG, executedQty: "0.00", orderId: 11, clientOrderId: `${ID}t`, type: "LIMIT_MAKER" },
];
