import { accountBody, type Json, money } from "./render.ts";
import { type Route, type SignedVisit, signed } from "./route.ts";

export const ACCOUNT_ROUTES: readonly Route[] = [
  signed("GET /api/v3/account", 20, { omitZeroBalances: "boolean" }, ({ account, parameters, seenMs, nowMs }) =>
    accountBody(account, seenMs, nowMs < account.blankUntilMs, parameters.text("omitZeroBalances") === "true"),
  ),
  signed("GET /api/v3/account/commission", 20, { "symbol!": "symbol" }, commission, "com"),
  signed("GET /api/v3/rateLimit/order", 40, {}, orderCounts),
  signed("GET /sapi/v1/account/apiRestrictions", 1, {}, apiRestrictions, "com"),
];

function commission({ core, account, parameters }: SignedVisit): Json {
  const { id } = core.market(parameters.needed("symbol"));
  const rates = (maker: number, taker: number): Json => ({
    maker: money(maker / 10_000),
    taker: money(taker / 10_000),
    buyer: money(0),
    seller: money(0),
  });
  const third = typeof account.feeMode === "object" ? account.feeMode.coin : undefined;
  return {
    symbol: id,
    standardCommission: rates(account.makerBps, account.takerBps),
    specialCommission: rates(0, 0),
    taxCommission: rates(0, 0),
    discount: { enabledForAccount: third !== undefined, enabledForSymbol: true, discountAsset: third ?? "BNB", discount: money(0) },
  };
}

function orderCounts({ account, limits, nowMs }: SignedVisit): Json[] {
  const { ten, day } = limits.orderCounts(account.key, nowMs);
  const { ordersPerTenSeconds, ordersPerDay } = limits.options;
  return [
    { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: ordersPerTenSeconds, count: ten },
    { rateLimitType: "ORDERS", interval: "DAY", intervalNum: 1, limit: ordersPerDay, count: day },
  ];
}

function apiRestrictions({ account: { rights }, nowMs }: SignedVisit): Json {
  return {
    ipRestrict: rights.ipRestrict,
    createTime: nowMs - 86_400_000,
    enableReading: true,
    enableWithdrawals: rights.withdraw,
    enableInternalTransfer: rights.transfer,
    enableMargin: false,
    enableFutures: false,
    permitsUniversalTransfer: rights.transfer,
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: rights.trade,
    enablePortfolioMarginTrading: false,
  };
}
