import type { Decimal } from "../../../../src/domain/money.ts";
import type { SpotAccount } from "./account.ts";
import type { SpotListing } from "./listing.ts";
import { contingencyOf, ordersOf, type SpotOrderList } from "./lists.ts";
import { isTriggered, type OrderState, type SpotOrder, type SpotTrade } from "./order.ts";

export type Json = Record<string, unknown>;

const DECIMALS = 8;

/** Money as the exchange prints it: eight decimals. */
export function money(value: Decimal | number | undefined): string {
  return value === undefined ? "0.00000000" : value.toFixed(DECIMALS);
}

/** An order in a list or by itself, as `GET /api/v3/order` answers it. */
export function orderRow(order: SpotOrder, seen: OrderState): Json {
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: order.listId,
    clientOrderId: order.clientOrderId,
    price: money(order.draft.price),
    origQty: money(seen.quantity),
    executedQty: money(seen.executed),
    cummulativeQuoteQty: money(seen.quote),
    status: seen.status,
    timeInForce: order.timeInForce,
    type: order.draft.type,
    side: order.draft.side,
    stopPrice: money(order.draft.stopPrice),
    icebergQty: money(undefined),
    time: order.acceptedMs,
    updateTime: seen.ms,
    isWorking: seen.workingMs >= 0,
    workingTime: seen.workingMs,
    origQuoteOrderQty: money(order.draft.quoteOrderQty),
    selfTradePreventionMode: "NONE",
  };
}

/** What placing answers, in the length that was asked for. */
export function placedReport(order: SpotOrder, state: OrderState, ms: number, length: "ACK" | "RESULT" | "FULL"): Json {
  const ack: Json = {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: order.listId,
    clientOrderId: order.clientOrderId,
    transactTime: ms,
  };
  if (length === "ACK") return ack;
  const result: Json = { ...ack, ...reportBody(order, state) };
  if (length === "FULL") result.fills = order.trades.filter((trade) => trade.ms <= ms).map(fillRow);
  return result;
}

/** What canceling answers: `clientOrderId` is the cancel's own. */
export function canceledReport(order: SpotOrder, state: OrderState, cancelId: string, ms: number): Json {
  const { workingTime: _unused, ...body } = reportBody(order, state);
  return {
    symbol: order.symbol,
    origClientOrderId: order.clientOrderId,
    orderId: order.orderId,
    orderListId: order.listId,
    clientOrderId: cancelId,
    transactTime: ms,
    ...body,
  };
}

function reportBody(order: SpotOrder, state: OrderState): Json {
  return {
    price: money(order.draft.price),
    ...(state.status === "PENDING_NEW" && state.quantity.isZero() ? {} : { origQty: money(state.quantity) }),
    executedQty: money(state.executed),
    origQuoteOrderQty: money(order.draft.quoteOrderQty),
    cummulativeQuoteQty: money(state.quote),
    status: state.status,
    timeInForce: order.timeInForce,
    type: order.draft.type,
    side: order.draft.side,
    ...(isTriggered(order.draft.type) ? { stopPrice: money(order.draft.stopPrice) } : {}),
    workingTime: state.workingMs,
    selfTradePreventionMode: "NONE",
  };
}

function fillRow(trade: SpotTrade): Json {
  return {
    price: money(trade.price),
    qty: money(trade.quantity),
    commission: money(trade.fee),
    commissionAsset: trade.feeCoin,
    tradeId: trade.id,
  };
}

/** One execution, as `GET /api/v3/myTrades` answers it. */
export function tradeRow(trade: SpotTrade): Json {
  return {
    symbol: trade.order.symbol,
    id: trade.id,
    orderId: trade.order.orderId,
    orderListId: trade.order.listId,
    price: money(trade.price),
    qty: money(trade.quantity),
    quoteQty: money(trade.quote),
    commission: money(trade.fee),
    commissionAsset: trade.feeCoin,
    time: trade.ms,
    isBuyer: trade.order.draft.side === "BUY",
    isMaker: trade.maker,
    isBestMatch: true,
  };
}

/** A list as `GET /api/v3/orderList` answers it. */
export function listRow(list: SpotOrderList, seenMs: number): Json {
  const done = list.doneMs !== undefined && list.doneMs <= seenMs;
  return {
    orderListId: list.id,
    contingencyType: contingencyOf(list),
    listStatusType: done ? "ALL_DONE" : "EXEC_STARTED",
    listOrderStatus: done ? "ALL_DONE" : "EXECUTING",
    listClientOrderId: list.clientId,
    transactionTime: list.acceptedMs,
    symbol: list.symbol,
    orders: ordersOf(list).map(({ symbol, orderId, clientOrderId }) => ({ symbol, orderId, clientOrderId })),
  };
}

/** What canceling a list, or any order of it, answers. */
export function canceledList(list: SpotOrderList, cancelId: string, ms: number): Json {
  const orderReports = ordersOf(list).map((order) => canceledReport(order, order.seenAt(ms)!, cancelId, ms));
  return { ...listRow(list, ms), transactionTime: ms, orderReports };
}

/** What placing a list answers: pending legs show as pending even if they rest by now. */
export function placedList(list: SpotOrderList, ms: number, length: "ACK" | "RESULT" | "FULL"): Json {
  const orderReports = ordersOf(list).map((order) => {
    const pending = order !== list.working && list.working !== undefined;
    return placedReport(order, pending ? order.states[0]! : order.now, ms, length);
  });
  return { ...listRow(list, ms), orderReports };
}

/** What `GET /api/v3/account` answers. */
export function accountBody(account: SpotAccount, seenMs: number, blank: boolean, omitZero: boolean): Json {
  const rate = (bps: number): string => (bps / 10_000).toFixed(DECIMALS);
  const balances = account.coins.map((asset) => {
    const { free, locked } = account.balanceAt(asset, seenMs);
    return { asset, free: money(blank ? undefined : free), locked: money(blank ? undefined : locked), empty: free.plus(locked).isZero() };
  });
  return {
    makerCommission: account.makerBps,
    takerCommission: account.takerBps,
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: { maker: rate(account.makerBps), taker: rate(account.takerBps), buyer: rate(0), seller: rate(0) },
    canTrade: account.mayTrade,
    canWithdraw: true,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: seenMs,
    accountType: "SPOT",
    balances: balances.filter(({ empty }) => !omitZero || !empty).map(({ asset, free, locked }) => ({ asset, free, locked })),
    permissions: ["SPOT"],
    uid: 354_937_868,
  };
}

/** A symbol in `GET /api/v3/exchangeInfo`. */
export function symbolRow(listing: SpotListing, status: string, us: boolean): Json {
  const { rules } = listing;
  const text = (value: string): string => Number(value).toFixed(DECIMALS);
  return {
    symbol: listing.id,
    status,
    baseAsset: listing.base,
    baseAssetPrecision: DECIMALS,
    quoteAsset: listing.quote,
    quotePrecision: DECIMALS,
    quoteAssetPrecision: DECIMALS,
    baseCommissionPrecision: DECIMALS,
    quoteCommissionPrecision: DECIMALS,
    orderTypes: listing.orderTypes,
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: !us,
    opoAllowed: !us,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: false,
    amendAllowed: false,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      { filterType: "PRICE_FILTER", minPrice: text(rules.priceMin), maxPrice: text(rules.priceMax), tickSize: text(rules.tick) },
      { filterType: "LOT_SIZE", minQty: text(rules.quantityMin), maxQty: text(rules.quantityMax), stepSize: text(rules.lot) },
      { filterType: "MARKET_LOT_SIZE", minQty: text("0"), maxQty: text(rules.marketQuantityMax), stepSize: text("0") },
      {
        filterType: "PERCENT_PRICE_BY_SIDE",
        bidMultiplierUp: rules.bidUp,
        bidMultiplierDown: rules.bidDown,
        askMultiplierUp: rules.askUp,
        askMultiplierDown: rules.askDown,
        avgPriceMins: 5,
      },
      {
        filterType: "NOTIONAL",
        minNotional: text(rules.notionalMin),
        applyMinToMarket: true,
        maxNotional: text(rules.notionalMax),
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
      { filterType: "MAX_NUM_ORDERS", maxNumOrders: rules.ordersMax },
      { filterType: "MAX_NUM_ALGO_ORDERS", maxNumAlgoOrders: rules.algoOrdersMax },
      { filterType: "MAX_NUM_ORDER_LISTS", maxNumOrderLists: rules.orderListsMax },
      ...(Number(rules.positionMax) > 0 ? [{ filterType: "MAX_POSITION", maxPosition: text(rules.positionMax) }] : []),
    ],
    permissions: us ? ["SPOT"] : [],
    permissionSets: us ? [] : [["SPOT"]],
    defaultSelfTradePreventionMode: "NONE",
    allowedSelfTradePreventionModes: ["NONE"],
  };
}
