import { TransientError, UserError } from "../domain/errors.ts";
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
import { keyFacts, leveragesOf, prepareSymbol } from "./perpetual/account.ts";
import { cancelOutcome, placeOutcome } from "./perpetual/classify.ts";
import { type Contract, symbolOf } from "./perpetual/contracts.ts";
import { fillsAfter } from "./perpetual/fills.ts";
import { findOrder, openOrdersOf } from "./perpetual/find.ts";
import { ledgerSince } from "./perpetual/ledger.ts";
import { Listings } from "./perpetual/listings.ts";
import { Reader } from "./perpetual/reader.ts";
import { CLIENT_ORDER_ID_MAX, canceling, type OrderHabits, placing, read } from "./perpetual/requests.ts";
import { balancesOf, positionOf } from "./perpetual/rows.ts";
import { BALANCES, POSITIONS } from "./perpetual/shapes.ts";
import { VenueClock } from "./perpetual/venue-clock.ts";
import { Unanswered } from "./unanswered.ts";
import type { Wire } from "./wire.ts";

/** A request is taken until its timestamp is so old. */
const WINDOW_MS = 60_000;
const SKEW_MS = 1_000;
/** How long a read may lag behind: the one assumption of the fence, not measured at the real venue. */
const READ_LAG_MS = 15_000;
const SLACK_MS = 4_000;

/** What is this venue's own. */
export interface PerpetualQuirks {
  readonly exchangeId: string;
  readonly name: string;
  /** The coin that margin and results are in. */
  readonly settle: string;
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
}

export interface PerpetualVenueOptions {
  readonly wire: Wire;
  readonly quirks: PerpetualQuirks;
  readonly environment: Environment;
  readonly clock: Clock;
  /** Isolated, unless the desk wants one margin for all positions: a loss then ends at what backs its own position. */
  readonly marginMode?: "cross" | "isolated";
  /** For keys that are bound to a broker. */
  readonly brokerId?: string;
}

/** One account at an exchange that speaks the Blofin perpetual dialect, over any wire. */
export function openPerpetualVenue(options: PerpetualVenueOptions): LiveVenue {
  return new PerpetualVenue(options);
}

class PerpetualVenue implements LiveVenue {
  readonly exchangeId: string;
  readonly environment: Environment;
  readonly traits: VenueTraits = {
    kind: "perpetual",
    holdsTarget: true,
    reduceOnly: true,
    fenceMs: WINDOW_MS + SKEW_MS + READ_LAG_MS + SLACK_MS,
    readLagMs: READ_LAG_MS,
    clientOrderIdMax: CLIENT_ORDER_ID_MAX,
  };
  readonly #wire: Unanswered;
  readonly #quirks: PerpetualQuirks;
  readonly #habits: OrderHabits;
  readonly #time: VenueClock;
  readonly #reader: Reader;
  readonly #listings = new Listings();

  constructor({ wire, quirks, environment, clock, marginMode = "isolated", brokerId }: PerpetualVenueOptions) {
    this.exchangeId = quirks.exchangeId;
    this.environment = environment;
    this.#wire = new Unanswered(wire, clock, this.traits.fenceMs - this.traits.readLagMs);
    this.#quirks = quirks;
    this.#habits = { marginMode, brokerId };
    this.#time = new VenueClock(this.#wire, clock);
    this.#reader = new Reader(quirks.name, this.#wire, this.#time);
  }

  async instruments(): Promise<ReadonlyMap<string, Instrument>> {
    const trading = await this.#listings.load(this.#reader, this.#quirks.settle, this.#quirks);
    return new Map(trading.map((instrument) => [instrument.symbol, instrument]));
  }

  async place(request: OrderRequest): Promise<PlaceOutcome> {
    const contract = await this.#contract(request.symbol).catch((thrown: unknown) => refusedHere(thrown));
    if ("refused" in contract) return { kind: "not-sent", reason: contract.refused };
    const placed = placing(request, contract, this.#habits);
    if ("refused" in placed) return { kind: "not-sent", reason: placed.refused };
    const answer = await this.#reader.send(placed.call);
    return placeOutcome(answer, { clientOrderId: request.clientOrderId, space: placed.space });
  }

  async cancel(ref: OrderRef): Promise<CancelOutcome> {
    const contract = await this.#contract(ref.symbol).catch((thrown: unknown) => refusedHere(thrown));
    if ("refused" in contract) return { kind: "not-sent", reason: contract.refused };
    const { call, space } = canceling(ref, contract);
    return cancelOutcome(await this.#reader.send(call), space);
  }

  mayStillTake(): boolean {
    return this.#wire.any;
  }

  async find(ref: OrderRef): Promise<OrderReading> {
    const contract = await this.#contract(ref.symbol).catch((thrown: unknown) => refusedHere(thrown));
    if ("refused" in contract) return { kind: "no-reading", reason: contract.refused };
    return findOrder(this.#reader, contract, ref, this.#time.venueMs());
  }

  async openOrders(symbol: string): Promise<readonly VenueOrder[]> {
    const { instId } = await this.#contract(symbol);
    return openOrdersOf(this.#reader, this.#time.venueMs(), { only: instId, contractOf: this.#contractOf });
  }

  async allOpenOrders(): Promise<readonly VenueOrder[]> {
    if (!this.#listings.loaded) await this.instruments();
    return openOrdersOf(this.#reader, this.#time.venueMs(), { contractOf: this.#contractOf });
  }

  async fills(symbol: string, cursor: string | undefined, sinceMs: number): Promise<FillPage> {
    const contract = await this.#contract(symbol);
    return fillsAfter(this.#reader, contract, this.#quirks, { cursor, sinceMs, venueMs: () => this.#time.venueMs() });
  }

  async balances(): Promise<ReadonlyMap<string, Balance>> {
    return balancesOf(await this.#reader.read("balances", read("/api/v1/account/balance"), BALANCES));
  }

  /** On the margin that the desk trades on: what its owner holds of the same contracts on the other one is apart from it. */
  async positions(): Promise<OpenPositions> {
    const all = await this.#reader.read("positions", read("/api/v1/account/positions"), POSITIONS);
    const rows = all.filter(({ marginMode }) => marginMode === this.#habits.marginMode);
    if (rows.some(({ instId }) => !this.#listings.byId(instId))) await this.instruments();
    const held = rows.flatMap((row) => {
      const contract = this.#listings.byId(row.instId);
      return (contract && positionOf(row, contract)) ?? [];
    });
    const unlisted = rows.filter(({ instId }) => !this.#listings.byId(instId) && !this.#listings.isOther(instId));
    const open = unlisted.filter(({ positions }) => !positions.isZero());
    return { held, unreadable: new Set(open.map(({ instId }) => symbolOf(instId))) };
  }

  ledger(sinceMs: number): Promise<readonly LedgerEntry[]> {
    return ledgerSince(this.#reader, this.#quirks.settle, sinceMs);
  }

  checkKey(): Promise<KeyFacts> {
    return keyFacts(this.#reader, { name: this.#quirks.name, environment: this.environment });
  }

  async prepare(symbol: string, leverage: number): Promise<void> {
    await prepareSymbol(this.#reader, await this.#contract(symbol), this.#habits.marginMode, leverage, this.#quirks.name);
  }

  async leverages(symbols: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (!this.#listings.loaded) await this.instruments();
    const listed = symbols.flatMap((symbol) => this.#listings.listed(symbol) ?? []);
    return leveragesOf(this.#reader, listed, this.#habits.marginMode);
  }

  async syncClock(): Promise<void> {
    if (!(await this.#reader.measure())) throw new TransientError(`${this.#quirks.name} could not be asked for its time`);
  }

  clock(): { readonly offsetMs: number; readonly uncertaintyMs: number } | undefined {
    return this.#time.now();
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  readonly #contractOf = (instId: string): Contract | undefined => this.#listings.byId(instId);

  /** Contract sizes are read once before they are needed; asking for the instruments reads them anew. */
  async #contract(symbol: string): Promise<Contract> {
    if (!this.#listings.loaded) await this.instruments();
    const contract = this.#listings.bySymbol(symbol);
    if (!contract)
      throw new UserError(`${this.#quirks.name} lists no perpetual contract ${symbol}; see "market pairs" for those that it has`);
    return contract;
  }
}

/** Why a call cannot go out, in place of the contract that it needs. */
function refusedHere(thrown: unknown): { readonly refused: string } {
  if (thrown instanceof TransientError || thrown instanceof UserError) return { refused: thrown.message };
  throw thrown;
}
