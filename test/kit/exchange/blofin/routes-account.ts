import { type Decimal, ZERO } from "../../../../src/domain/money.ts";
import { initialMargin, notional, unrealized } from "../perpetual/margin.ts";
import type { PositionRecord } from "../perpetual/types.ts";
import { BadParameter, contractOf, marginOf, needed, oneOf, page, type Route, type SignedAsk, text } from "./ask.ts";
import { long, type Outcome, positionRow } from "./wire-form.ts";

const READING = { right: "READ", trading: false } as const;
const SETTING = { right: "TRADE", trading: true } as const;
const BUSY: Outcome = { code: "110019", msg: "Setting failed. Cancel any open orders, and close positions first.", data: null };

function gainOf(ask: SignedAsk, position: PositionRecord): Decimal {
  const price = ask.exchange.price(position.instId);
  return price ? unrealized(ask.exchange.contract(position.instId)!, position, price) : ZERO;
}

function balance(ask: SignedAsk): Outcome {
  const { account, seenMs } = ask;
  const cash = account.cash.at(seenMs) ?? ZERO;
  const positions = account.seenPositions(seenMs);
  const orders = account.orders.seenLive(seenMs);
  const sum = (list: readonly PositionRecord[], of: (each: PositionRecord) => Decimal): Decimal =>
    list.reduce((all, each) => all.plus(of(each)), ZERO);
  const margin = (each: PositionRecord): Decimal => initialMargin(ask.exchange.contract(each.instId)!, each);
  const gain = (each: PositionRecord): Decimal => gainOf(ask, each);
  const isolated = positions.filter(({ marginMode }) => marginMode === "isolated");
  const equity = cash.plus(sum(positions, gain));
  const isolatedEquity = sum(isolated, margin).plus(sum(isolated, gain));
  const orderFrozen = account.orderMargin(orders);
  const available = account.available(positions, orders, cash);
  const detail = {
    currency: "USDT",
    equity: equity.toFixed(),
    balance: cash.toFixed(),
    ts: String(seenMs),
    isolatedEquity: isolatedEquity.toFixed(),
    available: available.toFixed(),
    availableEquity: available.toFixed(),
    frozen: sum(positions, margin).plus(orderFrozen).toFixed(),
    orderFrozen: orderFrozen.toFixed(),
    equityUsd: equity.toFixed(),
    isolatedUnrealizedPnl: sum(isolated, gain).toFixed(),
    bonus: "0",
  };
  const details = cash.isZero() && positions.length === 0 ? [] : [detail];
  return { data: { ts: String(seenMs), totalEquity: equity.toFixed(), isolatedEquity: isolatedEquity.toFixed(), details } };
}

function positions(ask: SignedAsk): Outcome {
  const { account, seenMs, exchange } = ask;
  const instId = text(ask.params, "instId");
  const all = account.seenPositions(seenMs);
  const cash = account.cash.at(seenMs) ?? ZERO;
  const rows = all.filter((each) => instId === "" || each.instId === instId);
  return {
    data: rows.map((each) => {
      const contract = exchange.contract(each.instId)!;
      const markPrice = exchange.price(each.instId) ?? each.averagePrice;
      return positionRow(each, {
        markPrice,
        initialMargin: initialMargin(contract, each),
        maintenanceMargin: notional(contract, each.contracts, markPrice).times(contract.maintenanceRate),
        unrealized: unrealized(contract, each, markPrice),
        liquidationPrice: account.liquidationPrice(each, all, cash),
      });
    }),
  };
}

function fundingFees(ask: SignedAsk): Outcome {
  const instId = text(ask.params, "instId");
  const rows = ask.account.ledger
    .filter((row) => row.kind === "funding" && row.atMs <= ask.seenMs && (instId === "" || row.instId === instId))
    .reverse();
  return {
    data: page(
      ask,
      rows,
      ({ id }) => id,
      ({ atMs }) => atMs,
      100,
    ).map((row) => ({
      billId: row.id,
      instId: row.instId,
      currency: "USDT",
      fundingFee: long(row.amount),
      ts: String(row.atMs),
    })),
  };
}

/** Transfers between the owner's accounts: the only changes of money that the venue lists here. Its pages go by time, not by id. */
function bills(ask: SignedAsk): Outcome {
  const rows = ask.account.ledger.filter((row) => (row.kind === "transfer" || row.kind === "deposit") && row.atMs <= ask.seenMs).reverse();
  const cut = page(
    ask,
    rows,
    ({ atMs }) => String(atMs),
    ({ atMs }) => atMs,
    100,
  );
  return {
    data: cut.map((row) => ({
      transferId: row.id,
      currency: "USDT",
      fromAccount: row.amount.isNegative() ? "futures" : "funding",
      toAccount: row.amount.isNegative() ? "funding" : "futures",
      amount: long(row.amount.abs()),
      ts: String(row.atMs),
      clientId: "",
    })),
  };
}

function leverageRow(ask: SignedAsk, instId: string, marginMode: "cross" | "isolated") {
  return { leverage: String(ask.account.leverage(instId, marginMode)), marginMode, instId };
}

function batchLeverage(ask: SignedAsk): Outcome {
  const marginMode = marginOf(ask.params);
  const ids = text(ask.params, "instId").split(",");
  if (ids.length > 20) return { code: "152015", msg: "Number of instId values exceeds the maximum limit of 20", data: null };
  return { data: ids.map((instId) => ({ ...leverageRow(ask, contractOf(ask, { instId }).instId, marginMode), positionSide: "net" })) };
}

function setLeverage(ask: SignedAsk): Outcome {
  const contract = contractOf(ask);
  const marginMode = marginOf(ask.params);
  oneOf(ask.params, "positionSide", ["net", "long", "short"], "net");
  const leverage = needed(ask.params, "leverage");
  if (!leverage.isInteger() || leverage.isLessThan(1) || leverage.isGreaterThan(contract.leverageMax))
    throw new BadParameter("152002", "Parameter leverage error.");
  const resting = ask.account.orders.live().some((order) => order.instId === contract.instId && order.marginMode === marginMode);
  if (resting)
    return { code: "110006", msg: "You have pending cross orders. Please cancel them before adjusting your leverage.", data: null };
  ask.account.setLeverage(contract.instId, marginMode, leverage.toNumber(), ask.nowMs);
  return { data: { ...leverageRow(ask, contract.instId, marginMode), positionSide: "net" } };
}

function setMode(ask: SignedAsk, change: () => Outcome): Outcome {
  return ask.account.busy ? BUSY : change();
}

function queryKey(ask: SignedAsk): Outcome {
  const { key } = ask;
  return {
    data: {
      uid: "21836452",
      apiName: key.name,
      apiKey: key.key,
      readOnly: key.rights.has("TRADE") ? 0 : 1,
      ips: key.addresses,
      type: 1,
      expireTime: String(key.createMs + 90 * 86_400_000),
      createTime: String(key.createMs),
      referralCode: "",
      parentUid: "0",
    },
  };
}

/** Endpoints about an account, its money and its settings. */
export const ACCOUNT_ROUTES: Readonly<Record<string, Route>> = {
  "GET /api/v1/account/balance": { ...READING, required: [], optional: ["productType"], run: balance },
  "GET /api/v1/account/positions": { ...READING, required: [], optional: ["instId"], run: positions },
  "GET /api/v1/account/funding-fees": {
    ...READING,
    required: [],
    optional: ["instId", "begin", "end", "after", "before", "limit"],
    run: fundingFees,
  },
  "GET /api/v1/asset/bills": {
    ...READING,
    required: [],
    optional: ["currency", "fromAccount", "toAccount", "before", "after", "limit"],
    run: bills,
  },
  "GET /api/v1/account/margin-mode": {
    ...READING,
    required: [],
    optional: [],
    run: (ask) => ({ data: { marginMode: ask.account.marginMode } }),
  },
  "POST /api/v1/account/set-margin-mode": {
    ...SETTING,
    required: ["marginMode"],
    optional: [],
    run: (ask) =>
      setMode(ask, () => {
        ask.account.marginMode = marginOf(ask.params);
        return { data: { marginMode: ask.account.marginMode } };
      }),
  },
  "GET /api/v1/account/position-mode": {
    ...READING,
    required: [],
    optional: [],
    run: (ask) => ({ data: { positionMode: ask.account.positionMode } }),
  },
  "POST /api/v1/account/set-position-mode": {
    ...SETTING,
    required: ["positionMode"],
    optional: [],
    run: (ask) =>
      setMode(ask, () => {
        ask.account.positionMode = oneOf(ask.params, "positionMode", ["net_mode", "long_short_mode"]);
        return { data: { positionMode: ask.account.positionMode } };
      }),
  },
  "GET /api/v1/account/leverage-info": {
    ...READING,
    required: ["instId", "marginMode"],
    optional: [],
    run: (ask) => ({ data: leverageRow(ask, contractOf(ask).instId, marginOf(ask.params)) }),
  },
  "GET /api/v1/account/batch-leverage-info": { ...READING, required: ["instId", "marginMode"], optional: [], run: batchLeverage },
  "POST /api/v1/account/set-leverage": {
    ...SETTING,
    required: ["instId", "leverage", "marginMode"],
    optional: ["positionSide"],
    run: setLeverage,
  },
  "GET /api/v1/account/config": { ...READING, required: [], optional: [], run: () => ({ data: { accountLevel: "0" } }) },
  "GET /api/v1/user/query-apikey": { ...READING, required: [], optional: [], run: queryKey },
};
