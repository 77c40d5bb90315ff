import { TransientError } from "../../domain/errors.ts";
import type { OrderReading, OrderRef, VenueOrder } from "../../ports/live-venue.ts";
import { verdictOn } from "./codes.ts";
import type { Contract } from "./contracts.ts";
import { PAGE_MAX, type Reader } from "./reader.ts";
import { read } from "./requests.ts";
import { algoOrderOf, orderOf, tpslOrderOf } from "./rows.ts";
import { ALGOS, FILLS, ONE_ORDER, ONE_TPSL, ORDERS, type OrderRow, TPSLS, type TpslRow } from "./shapes.ts";

/** Pages of what rests at once: an account has a few hundred such orders at most. */
export const OPEN_PAGES_MAX = 10;
/** A fill that young must have its order in some list; while it has none, the lists are behind, and "not there" proves nothing. */
const FRESH_FILL_MS = 600_000;

/** What one round has to know. */
interface Round {
  readonly reader: Reader;
  readonly contract: Contract;
  readonly ref: OrderRef;
  readonly nowMs: number;
}

/** What one look found: the order, nothing, or that nobody can say yet. */
type Look = VenueOrder | undefined | "behind";

/**
 * One round over every place where the order could be seen: its own detail first, then all that rests, all that is over, in all three id spaces, and the
 * fills. It ends at the first sight. Only a round in which every place answered whole, and none contradicted another, ends with `absent`.
 */
export async function findOrder(reader: Reader, contract: Contract, ref: OrderRef, nowMs: number): Promise<OrderReading> {
  const round: Round = { reader, contract, ref, nowMs };
  const orders = [() => orderDetail(round), () => inOrders(round)];
  const waiting = [() => inTpsl(round), () => inAlgo(round)];
  const looks = ref.kind === "protection" ? [...waiting, ...orders] : [...orders, ...waiting];
  try {
    for (const look of looks) {
      const found = await look();
      if (found === "behind") return { kind: "no-reading", reason: "the venue's lists do not show yet what its fills or triggers tell" };
      if (found) return { kind: "found", order: found };
    }
    return { kind: "absent" };
  } catch (thrown) {
    if (!(thrown instanceof TransientError)) throw thrown;
    return { kind: "no-reading", reason: thrown.message };
  }
}

function isOurs(round: Round, row: { readonly clientOrderId: string; readonly instId: string }, venueId: string): boolean {
  const { clientOrderId, venueOrderIds } = round.ref;
  if (row.instId !== round.contract.instId) return false;
  // Without an id of ours, only the venue's own tells orders apart: many have no client id at all.
  if (clientOrderId === "") return venueOrderIds.includes(venueId);
  return row.clientOrderId === clientOrderId || (row.clientOrderId === "" && venueOrderIds.includes(venueId));
}

/** The name under which a list or a detail is asked for one order. */
function named({ clientOrderId, venueOrderIds }: OrderRef): Readonly<Record<string, string>> | undefined {
  const [orderId] = venueOrderIds;
  return clientOrderId !== "" ? { clientOrderId } : orderId !== undefined ? { orderId } : undefined;
}

async function orderDetail(round: Round): Promise<Look> {
  const by = named(round.ref);
  const row = by && (await detail(round.reader, round.contract, by));
  return row && isOurs(round, row, row.orderId) ? orderOf(row, round.contract) : undefined;
}

/** The venue documents no code for "no such order": a refusal that is not about the request itself means that there is none here. */
async function detail(reader: Reader, { instId }: Contract, by: Readonly<Record<string, string>>): Promise<OrderRow | undefined> {
  const reply = await reader.ask(read("/api/v1/trade/order-detail", { instId, ...by }), ONE_ORDER);
  if (reply.kind === "data") return reply.data;
  if (reply.kind === "refused" && isAboutTheOrder(reply.code)) return undefined;
  throw new TransientError(`the detail of an order could not be read (${reply.reason})`);
}

/** Codes 103013, 500 and the like speak of the venue; key, clock and limit of the request. Neither says anything of the order. */
function isAboutTheOrder(code: string): boolean {
  if (code === "500" || code === "503" || code === "103013") return false;
  const verdict = verdictOn(code);
  return verdict.kind === "unknown" || verdict.cause === "nothing-to-reduce";
}

async function inOrders(round: Round): Promise<Look> {
  const { reader, contract } = round;
  const { instId } = contract;
  const open = await reader.list("its open orders", "/api/v1/trade/orders-pending", { instId }, ORDERS, {
    pagesMax: OPEN_PAGES_MAX,
    after: ({ orderId }) => orderId,
  });
  const limit = String(PAGE_MAX);
  const done = await reader.read("its past orders", read("/api/v1/trade/orders-history", { instId, limit }), ORDERS);
  const all = [...open, ...done];
  const found = all.find((row) => isOurs(round, row, row.orderId));
  if (found) return orderOf(found, contract);
  const fills = await reader.read("its fills", read("/api/v1/trade/fills-history", { instId, limit }), FILLS);
  const shown = new Set(all.map(({ orderId }) => orderId));
  const orphan = fills.some(({ orderId, ts }) => ts > round.nowMs - FRESH_FILL_MS && !shown.has(orderId));
  return orphan ? "behind" : undefined;
}

/** Lists of the other id spaces are narrowed by our own id only. */
function ownId({ clientOrderId }: OrderRef): { readonly clientOrderId?: string } {
  return clientOrderId === "" ? {} : { clientOrderId };
}

async function inTpsl(round: Round): Promise<Look> {
  const { reader, contract, ref } = round;
  const params = { instId: contract.instId, ...ownId(ref) };
  const after = ({ tpslId }: TpslRow): string => tpslId;
  const one = ref.kind === "protection" ? await tpslDetail(round) : undefined;
  if (one) return withChild(round, one);
  for (const path of ["/api/v1/trade/orders-tpsl-pending", "/api/v1/trade/orders-tpsl-history"]) {
    const rows = await reader.list("its protective orders", path, params, TPSLS, { pagesMax: OPEN_PAGES_MAX, after });
    const found = rows.find((row) => isOurs(round, row, row.tpslId));
    if (found) return withChild(round, found);
  }
  return undefined;
}

/** A quick look that not every world of the venue may have: a refusal leaves it to the lists. */
async function tpslDetail(round: Round): Promise<TpslRow | undefined> {
  const { clientOrderId } = round.ref;
  const call = read("/api/v1/trade/order-tpsl-detail", { instId: round.contract.instId, clientOrderId });
  const reply = await round.reader.ask(call, ONE_TPSL);
  if (reply.kind === "none") throw new TransientError(`the detail of a protective order could not be read (${reply.reason})`);
  return reply.kind === "data" && reply.data && isOurs(round, reply.data, reply.data.tpslId) ? reply.data : undefined;
}

/** A protective order that has triggered, with the order that it became. */
async function withChild(round: Round, row: TpslRow): Promise<Look> {
  const { reader, contract, ref, nowMs } = round;
  if (row.state !== "effective") return tpslOrderOf(row, contract, undefined, nowMs);
  const child = await detail(reader, contract, { algoClientOrderId: ref.clientOrderId });
  const mine = child?.algoId === row.tpslId ? child : await childInLists(round, row.tpslId);
  return tpslOrderOf(row, contract, mine, nowMs) ?? "behind";
}

async function childInLists({ reader, contract }: Round, tpslId: string): Promise<OrderRow | undefined> {
  const params = { instId: contract.instId, limit: String(PAGE_MAX) };
  for (const path of ["/api/v1/trade/orders-history", "/api/v1/trade/orders-pending"]) {
    const rows = await reader.read("its orders", read(path, params), ORDERS);
    const found = rows.find(({ algoId }) => algoId === tpslId);
    if (found) return found;
  }
  return undefined;
}

async function inAlgo(round: Round): Promise<Look> {
  const { reader, contract, ref, nowMs } = round;
  const params = { instId: contract.instId, ...ownId(ref), orderType: "trigger" };
  for (const path of ["/api/v1/trade/orders-algo-pending", "/api/v1/trade/orders-algo-history"]) {
    const pages = { pagesMax: OPEN_PAGES_MAX, after: ({ algoId }: { algoId: string }) => algoId };
    const rows = await reader.list("its conditional orders", path, params, ALGOS, pages);
    const found = rows.find((row) => isOurs(round, row, row.algoId));
    if (found) return algoOrderOf(found, contract, nowMs);
  }
  return undefined;
}

/** Which open orders are wanted: those of one contract by its name at the venue, or those of all that are known. */
interface OpenScope {
  readonly only?: string;
  readonly contractOf: (instId: string) => Contract | undefined;
}

/** Everything that rests, whoever set it. Where no contract is named, each list answers for all. */
export async function openOrdersOf(reader: Reader, nowMs: number, { only, contractOf }: OpenScope): Promise<VenueOrder[]> {
  const where = only === undefined ? {} : { instId: only };
  const pagesMax = OPEN_PAGES_MAX;
  const orders = await reader.list("open orders", "/api/v1/trade/orders-pending", where, ORDERS, {
    pagesMax,
    after: (row) => row.orderId,
  });
  const stops = await reader.list("open protective orders", "/api/v1/trade/orders-tpsl-pending", where, TPSLS, {
    pagesMax,
    after: (row) => row.tpslId,
  });
  const triggers = { ...where, orderType: "trigger" };
  const algos = await reader.list("open conditional orders", "/api/v1/trade/orders-algo-pending", triggers, ALGOS, {
    pagesMax,
    after: (row) => row.algoId,
  });
  const here = <Row extends { readonly instId: string }>(
    rows: readonly Row[],
    told: (row: Row, contract: Contract) => VenueOrder | undefined,
  ) =>
    rows.flatMap((row) => {
      const contract = only === undefined || row.instId === only ? contractOf(row.instId) : undefined;
      return (contract && told(row, contract)) ?? [];
    });
  return [
    ...here(orders, orderOf),
    ...here(stops, (row, contract) => tpslOrderOf(row, contract, undefined, nowMs)),
    ...here(algos, (row, contract) => algoOrderOf(row, contract, nowMs)),
  ];
}
