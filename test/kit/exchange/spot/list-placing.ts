import type { Decimal } from "../../../../src/domain/money.ts";
import type { SpotCore } from "../spot-core.ts";
import type { SpotAccount } from "./account.ts";
import { checkFilters } from "./filters.ts";
import type { ListKind, SpotOrderList } from "./lists.ts";
import { isAtMarket, type OrderDraft, type SpotOrderType } from "./order.ts";
import { checkDuplicate } from "./placing.ts";
import { filterFailure, Refusal, rejected } from "./refusal.ts";

/** A list that somebody wants to place. */
export interface ListDraft {
  readonly kind: ListKind;
  readonly clientId: string | undefined;
  readonly working: OrderDraft | undefined;
  /** The upper leg before the lower one where there are two. */
  readonly legs: readonly OrderDraft[];
}

const PROFIT_TYPES: ReadonlySet<SpotOrderType> = new Set(["LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"]);
const STOP_TYPES: ReadonlySet<SpotOrderType> = new Set(["STOP_LOSS", "STOP_LOSS_LIMIT"]);

/** Takes a list in, or throws the refusal. */
export function placeList(core: SpotCore, account: SpotAccount, draft: ListDraft): SpotOrderList {
  const all = [...(draft.working ? [draft.working] : []), ...draft.legs];
  const { symbol } = all[0]!;
  const market = core.market(symbol);
  checkShape(draft);
  checkIds(core, account, draft, all);
  const open = core.lists.all.filter(
    ({ accountKey, symbol: of, doneMs }) => accountKey === account.key && of === symbol && doneMs === undefined,
  );
  if (open.length >= market.rules.orderListsMax) throw filterFailure("MAX_NUM_ORDER_LISTS");
  if (!draft.working) return placeOco(core, account, draft);
  const { working } = draft;
  const last = core.check(account, working, all.length);
  for (const leg of draft.legs) if (leg.quantity) checkFilters(market, account, leg, last, all.length);
  const buys = working.side === "BUY";
  const need = buys ? working.quantity!.times(working.price!) : working.quantity!;
  const lock = core.lockNeeded(account, buys ? market.listing.quote : market.listing.base, need);
  const order = core.accept(account, working);
  const legs = stopFirst(draft.legs).map((leg) => core.accept(account, leg, true));
  const list = listOf(core, account, draft, order, legs);
  order.lock = lock;
  core.matcher.enter(market, order, core.nowMs);
  return list;
}

function placeOco(core: SpotCore, account: SpotAccount, draft: ListDraft): SpotOrderList {
  const [above, below] = [draft.legs[0]!, draft.legs[1]!];
  const market = core.market(above.symbol);
  const last = market.last(core.nowMs);
  if (last !== undefined && !(keyPrice(above) > last && last > keyPrice(below)))
    throw rejected("The relationship of the prices for the orders is not correct.");
  for (const leg of draft.legs) core.check(account, leg, draft.legs.length);
  const sells = above.side === "SELL";
  const need = draft.legs.map((leg) => (sells ? leg.quantity! : leg.quantity!.times(leg.price ?? leg.stopPrice!)));
  const lock = core.lockNeeded(account, sells ? market.listing.base : market.listing.quote, most(need));
  const legs = stopFirst(draft.legs).map((leg) => core.accept(account, leg));
  lock.users = legs.length;
  for (const leg of legs) leg.lock = lock;
  const list = listOf(core, account, draft, undefined, legs);
  for (const leg of legs) if (leg.open) core.matcher.enter(market, leg, core.nowMs);
  return list;
}

function listOf(
  core: SpotCore,
  account: SpotAccount,
  draft: ListDraft,
  working: SpotOrderList["working"],
  legs: SpotOrderList["legs"],
): SpotOrderList {
  const list: SpotOrderList = {
    id: core.lists.nextId(),
    kind: draft.kind,
    clientId: draft.clientId ?? core.name("list"),
    symbol: legs[0]!.symbol,
    accountKey: account.key,
    acceptedMs: core.nowMs,
    working,
    legs,
    doneMs: undefined,
  };
  core.lists.add(list);
  return list;
}

/** The exchange numbers and names the stop before the target. */
function stopFirst(legs: readonly OrderDraft[]): readonly OrderDraft[] {
  return legs.toSorted((a, b) => Number(STOP_TYPES.has(b.type)) - Number(STOP_TYPES.has(a.type)));
}

/** The documented rules about which types and sides may stand where. */
function checkShape({ kind, working, legs }: ListDraft): void {
  if (working && working.type !== "LIMIT" && working.type !== "LIMIT_MAKER") throw new Refusal(-1014, "Unsupported order combination.");
  if (kind.startsWith("OPO")) {
    if (working?.side !== "BUY") throw new Refusal(-1222, "Working order in an OPO list must be a bid.");
    if (legs.some(({ side }) => side !== "SELL")) throw new Refusal(-1223, "Pending orders in an OPO list must be asks.");
  }
  const [above, below] = legs;
  if (!above || !below) return;
  const sells = above.side === "SELL";
  const [profit, stop] = sells ? [above, below] : [below, above];
  if (PROFIT_TYPES.has(profit.type) && STOP_TYPES.has(stop.type)) return;
  if (profit.type === "MARKET" || stop.type === "MARKET" || profit.type === "LIMIT" || stop.type === "LIMIT")
    throw new Refusal(-1158, "Order type not supported in OCO.");
  if (profit.type === "LIMIT_MAKER" && stop.type === "LIMIT_MAKER") throw new Refusal(-1168, "At least one OCO order must be contingent.");
  if (stop.type === "LIMIT_MAKER")
    throw sells
      ? new Refusal(-1166, "A limit order in a sell OCO must be above.")
      : new Refusal(-1165, "A limit order in a buy OCO must be below.");
  if (STOP_TYPES.has(profit.type))
    throw sells
      ? new Refusal(-1197, "A stop loss order in a sell OCO must be below.")
      : new Refusal(-1196, "A stop loss order in a buy OCO must be above.");
  throw sells
    ? new Refusal(-1199, "A take profit order in a sell OCO must be above.")
    : new Refusal(-1198, "A take profit order in a buy OCO must be below.");
}

function checkIds(core: SpotCore, account: SpotAccount, draft: ListDraft, all: readonly OrderDraft[]): void {
  const ids = all.flatMap(({ clientOrderId }) => clientOrderId ?? []);
  if (new Set(ids).size < ids.length) throw rejected("Duplicate order sent.");
  for (const { symbol, clientOrderId } of all) checkDuplicate(account, symbol, clientOrderId);
  const { clientId } = draft;
  const taken = core.lists.all.some((list) => list.accountKey === account.key && list.clientId === clientId && list.doneMs === undefined);
  if (clientId !== undefined && taken) throw rejected("Duplicate order sent.");
}

/** The price that has to stand on its side of the last one. */
function keyPrice({ type, price, stopPrice }: OrderDraft): number {
  const byStop = STOP_TYPES.has(type) || isAtMarket(type);
  return (byStop ? stopPrice! : price!).toNumber();
}

function most(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((a, b) => (a.isGreaterThan(b) ? a : b));
}
