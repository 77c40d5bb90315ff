import { TransientError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  Balance,
  CancelOutcome,
  Environment,
  FillPage,
  KeyFacts,
  LedgerEntry,
  LiveVenue,
  OpenPositions,
  OrderReading,
  OrderRef,
  OrderRequest,
  PlaceOutcome,
  VenueOrder,
  VenueTraits,
} from "../ports/live-venue.ts";
import type { Logger } from "../ports/logger.ts";
import { cancelVerdict, placeVerdict } from "./spot/classify.ts";
import { cursorAt, fillPage } from "./spot/fills.ts";
import { findOrder } from "./spot/find.ts";
import { type Fees, feesOf, instrumentOf } from "./spot/instruments.ts";
import { keyFacts } from "./spot/key.ts";
import { Reader } from "./spot/reader.ts";
import { CLIENT_ORDER_ID_MAX, canceling, type PairStyle, placing, read, readPublic, spotId } from "./spot/requests.ts";
import { immediateFills, ordersOf } from "./spot/rows.ts";
import {
  ACCOUNT,
  type Account,
  CANCELED,
  CANCELED_LIST,
  ENDED_ROWS,
  EXCHANGE_INFO,
  ORDER_ROWS,
  PLACED,
  PLACED_LIST,
} from "./spot/shapes.ts";
import { VenueClock } from "./spot/venue-clock.ts";
import { Unanswered } from "./unanswered.ts";
import type { Wire } from "./wire.ts";

/** How long the exchange takes a signed request, and how long a read may lag behind (the one assumption of the fence; not measured at the real exchange). */
export const RECV_WINDOW_MS = 5_000;
const READ_LAG_MS = 15_000;

/** In what the exchanges of this dialect differ. */
export interface SpotQuirks {
  readonly exchangeId: string;
  readonly name: string;
  readonly pairStyle: PairStyle;
  readonly tellsKeyRights: boolean;
  /** What is assumed until the account's own rate was read. */
  readonly feeBps: number;
}

export interface SpotVenueOptions {
  readonly wire: Wire;
  readonly quirks: SpotQuirks;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly logger?: Logger;
}

/** One account at an exchange that speaks the Binance spot dialect, over any wire. */
export function openSpotVenue(options: SpotVenueOptions): LiveVenue {
  return new SpotVenue(options);
}

class SpotVenue implements LiveVenue {
  readonly exchangeId: string;
  readonly environment: Environment;
  readonly traits: VenueTraits = {
    kind: "spot",
    holdsTarget: true,
    reduceOnly: false,
    fenceMs: RECV_WINDOW_MS + READ_LAG_MS,
    readLagMs: READ_LAG_MS,
    clientOrderIdMax: CLIENT_ORDER_ID_MAX,
  };
  readonly #wire: Unanswered;
  readonly #quirks: SpotQuirks;
  readonly #time: VenueClock;
  readonly #reader: Reader;
  readonly #logger: Logger | undefined;
  #fees: Fees | undefined;

  constructor({ wire, quirks, environment, clock, logger }: SpotVenueOptions) {
    this.exchangeId = quirks.exchangeId;
    this.environment = environment;
    this.#wire = new Unanswered(wire, clock, RECV_WINDOW_MS);
    this.#quirks = quirks;
    this.#time = new VenueClock(this.#wire, clock);
    this.#reader = new Reader(quirks.name, this.#wire, this.#time);
    this.#logger = logger;
  }

  async instruments(): Promise<ReadonlyMap<string, Instrument>> {
    const { symbols } = await this.#reader.read("its symbols", readPublic("/api/v3/exchangeInfo"), EXCHANGE_INFO);
    if (!this.#fees) await this.#readFees();
    const { feeBps } = this.#quirks;
    const fees = this.#fees ?? { makerFeeBps: feeBps, takerFeeBps: feeBps };
    const found = symbols.flatMap((listing) => instrumentOf(listing, fees) ?? []);
    if (found.length === 0) throw new TransientError(`${this.#quirks.name} lists no symbol that trades now`);
    return new Map(found.map((instrument) => [instrument.symbol, instrument]));
  }

  async place(request: OrderRequest): Promise<PlaceOutcome> {
    const placed = placing(request, this.#quirks.pairStyle);
    if ("refused" in placed) return { kind: "not-sent", reason: placed.refused };
    this.#time.aim();
    const verdict = placeVerdict(await this.#wire.send(placed.call));
    if (verdict.kind === "rejected" && verdict.cause === "clock") await this.#time.measure();
    if (verdict.kind !== "answered") return verdict;
    return acceptedOf(verdict.body, placed.ids, request) ?? { kind: "unknown", reason: "an answer that does not name our order" };
  }

  async cancel(ref: OrderRef): Promise<CancelOutcome> {
    this.#time.aim();
    const verdict = cancelVerdict(await this.#wire.send(canceling(ref)));
    if (verdict.kind === "rejected" && verdict.cause === "clock") await this.#time.measure();
    if (verdict.kind !== "answered") return verdict;
    const { status } = CANCELED.safeParse(verdict.body).data ?? {};
    if (status === "FILLED") return { kind: "gone" };
    // Canceling a leg ends its list, and the list is what is answered then.
    if (status === undefined && !CANCELED_LIST.safeParse(verdict.body).success)
      return { kind: "unknown", reason: "an answer that is no canceled order" };
    const order = ordersOf(ENDED_ROWS.safeParse(verdict.body).data ?? [], ref.symbol)?.[0];
    return order ? { kind: "canceled", order } : { kind: "canceled" };
  }

  mayStillTake(): boolean {
    return this.#wire.any;
  }

  find(ref: OrderRef): Promise<OrderReading> {
    return findOrder(this.#reader, ref, this.#time.venueMs());
  }

  async openOrders(symbol: string): Promise<readonly VenueOrder[]> {
    const rows = await this.#reader.read(`open orders of ${symbol}`, read("/api/v3/openOrders", { symbol: spotId(symbol) }), ORDER_ROWS);
    const orders = rows.every((row) => row.symbol === spotId(symbol)) ? ordersOf(rows, symbol) : undefined;
    if (!orders) throw new TransientError(`${this.#quirks.name} answered open orders of ${symbol} that cannot be read`);
    return orders;
  }

  async fills(symbol: string, cursor: string | undefined, sinceMs: number): Promise<FillPage> {
    return fillPage(this.#reader, symbol, cursor ?? cursorAt(sinceMs), this.#time.venueMs());
  }

  async balances(): Promise<ReadonlyMap<string, Balance>> {
    const account = await this.#account();
    const held = account.balances.filter(({ free, locked }) => free.plus(locked).isGreaterThan(0));
    return new Map(held.map(({ asset, free, locked }) => [asset, { free, locked }]));
  }

  async positions(): Promise<OpenPositions> {
    return { held: [], unreadable: new Set() };
  }

  async ledger(): Promise<readonly LedgerEntry[]> {
    return [];
  }

  async checkKey(): Promise<KeyFacts> {
    const { name, tellsKeyRights } = this.#quirks;
    const { facts, account } = await keyFacts(this.#reader, { name, tellsKeyRights, environment: this.environment });
    this.#fees = feesOf(account);
    return facts;
  }

  /** Spot has neither leverage nor modes. */
  async prepare(): Promise<void> {}

  async leverages(): Promise<ReadonlyMap<string, number>> {
    return new Map();
  }

  async syncClock(): Promise<void> {
    if (!(await this.#time.measure())) throw new TransientError(`${this.#quirks.name} could not be asked for its time`);
  }

  clock(): { readonly offsetMs: number; readonly uncertaintyMs: number } | undefined {
    return this.#time.now();
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  async #account(): Promise<Account> {
    const account = await this.#reader.read("balances", read("/api/v3/account", {}), ACCOUNT);
    this.#fees = feesOf(account) ?? this.#fees;
    return account;
  }

  /** Without the account's own rate the exchange's usual one is taken: the fees of fills are read from the fills. */
  async #readFees(): Promise<void> {
    try {
      await this.#account();
    } catch (thrown) {
      if (!(thrown instanceof TransientError)) throw thrown;
      this.#logger?.info({ exchangeId: this.exchangeId, cause: thrown.message }, "the account's fees could not be read");
    }
  }
}

/** Accepted is what names a venue order id for each of our client order ids, and nothing less. */
function acceptedOf(body: unknown, ids: readonly string[], { symbol, side }: OrderRequest): PlaceOutcome | undefined {
  if (ids.length > 1) {
    const orders = PLACED_LIST.safeParse(body).data?.orders ?? [];
    const venueOrderIds = ids.flatMap((id) => orders.find(({ clientOrderId }) => clientOrderId === id)?.orderId ?? []);
    return venueOrderIds.length === ids.length ? { kind: "accepted", venueOrderIds, fills: [] } : undefined;
  }
  const placed = PLACED.safeParse(body).data;
  if (placed === undefined || placed.clientOrderId !== ids[0]) return undefined;
  return { kind: "accepted", venueOrderIds: [placed.orderId], fills: immediateFills(placed, symbol, side) };
}
