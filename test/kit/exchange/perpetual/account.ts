import { type Decimal, decimal, max, min, ZERO } from "../../../../src/domain/money.ts";
import { initialMargin, liquidationPrice, notional, unrealized } from "./margin.ts";
import { Shelf, Timeline } from "./timeline.ts";
import type {
  AlgoRecord,
  BookEvent,
  Contract,
  FillRecord,
  LedgerRow,
  MarginMode,
  OrderRecord,
  PositionRecord,
  TpslRecord,
} from "./types.ts";

const LEVERAGE_AT_FIRST = 3;

/** The market as an account sees it. */
export interface Market {
  contract(instId: string): Contract | undefined;
  /** Last price, or undefined in a gap of the tape. */
  price(instId: string): Decimal | undefined;
  nextId(space: "order" | "tpsl" | "algo" | "trade" | "bill" | "position"): string;
}

function spot(instId: string, marginMode: MarginMode): string {
  return `${instId}|${marginMode}`;
}

/** The exchange's own books of one account: its money, positions, orders, fills and ledger. */
export class Account {
  readonly id: string;
  readonly orders = new Shelf<OrderRecord>();
  readonly tpsl = new Shelf<TpslRecord>();
  readonly algo = new Shelf<AlgoRecord>();
  readonly fills: FillRecord[] = [];
  readonly ledger: LedgerRow[] = [];
  readonly cash = new Timeline<Decimal>();
  readonly #positions = new Map<string, Timeline<PositionRecord>>();
  readonly #leverage = new Map<string, number>();
  readonly #market: Market;
  readonly #told: (event: BookEvent) => void;
  positionMode: "net_mode" | "long_short_mode" = "net_mode";
  marginMode: MarginMode = "cross";

  constructor(id: string, market: Market, told: (event: BookEvent) => void) {
    this.id = id;
    this.#market = market;
    this.#told = told;
  }

  leverage(instId: string, marginMode: MarginMode): number {
    return this.#leverage.get(spot(instId, marginMode)) ?? LEVERAGE_AT_FIRST;
  }

  setLeverage(instId: string, marginMode: MarginMode, leverage: number, atMs: number): void {
    this.#leverage.set(spot(instId, marginMode), leverage);
    const position = this.position(instId, marginMode);
    if (position) this.putPosition({ ...position, leverage, updateMs: atMs }, atMs);
  }

  position(instId: string, marginMode: MarginMode): PositionRecord | undefined {
    const latest = this.#positions.get(spot(instId, marginMode))?.latest;
    return latest?.contracts.isZero() ? undefined : latest;
  }

  positions(): PositionRecord[] {
    return [...this.#positions.values()].map((line) => line.latest!).filter(({ contracts }) => !contracts.isZero());
  }

  seenPositions(seenMs: number): PositionRecord[] {
    return [...this.#positions.values()]
      .map((line) => line.at(seenMs))
      .filter((each) => each && !each.contracts.isZero()) as PositionRecord[];
  }

  putPosition(record: PositionRecord, atMs: number): void {
    const key = spot(record.instId, record.marginMode);
    const line = this.#positions.get(key) ?? new Timeline<PositionRecord>();
    this.#positions.set(key, line);
    line.set(atMs, record);
    this.#told({ atMs, account: this.id, kind: "position", record });
  }

  putOrder(record: OrderRecord, atMs: number): void {
    this.orders.put(record, atMs);
    this.#told({ atMs, account: this.id, kind: "order", record });
  }

  putTpsl(record: TpslRecord, atMs: number): void {
    this.tpsl.put(record, atMs);
    this.#told({ atMs, account: this.id, kind: "tpsl", record });
  }

  putAlgo(record: AlgoRecord, atMs: number): void {
    this.algo.put(record, atMs);
    this.#told({ atMs, account: this.id, kind: "algo", record });
  }

  addFill(record: FillRecord): void {
    this.fills.push(record);
    this.#told({ atMs: record.atMs, account: this.id, kind: "fill", record });
  }

  /** Moves the money, with its reason. */
  book(kind: LedgerRow["kind"], instId: string | undefined, amount: Decimal, atMs: number): void {
    if (amount.isZero()) return;
    const record = { id: this.#market.nextId("bill"), atMs, kind, instId, amount };
    this.ledger.push(record);
    this.cash.set(atMs, this.balance.plus(amount));
    this.#told({ atMs, account: this.id, kind: "ledger", record });
  }

  get balance(): Decimal {
    return this.cash.latest ?? ZERO;
  }

  /** What orders that may open have set aside. */
  orderMargin(orders: readonly OrderRecord[]): Decimal {
    let sum = ZERO;
    for (const order of orders) {
      const contract = this.#market.contract(order.instId);
      if (!contract || order.reduceOnly) continue;
      sum = sum.plus(notional(contract, order.size.minus(order.filled), order.price).dividedBy(decimal(order.leverage)));
    }
    return sum;
  }

  /** What a position of this list can lose before it is liquidated. */
  backing(position: PositionRecord, positions: readonly PositionRecord[], balance: Decimal): Decimal {
    const contract = this.#market.contract(position.instId)!;
    if (position.marginMode === "isolated") return initialMargin(contract, position);
    const others = positions.filter((each) => each.marginMode === "isolated");
    return max(
      ZERO,
      others.reduce((rest, each) => rest.minus(initialMargin(this.#market.contract(each.instId)!, each)), balance),
    );
  }

  liquidationPrice(position: PositionRecord, positions: readonly PositionRecord[], balance: Decimal): Decimal {
    return liquidationPrice(this.#market.contract(position.instId)!, position, this.backing(position, positions, balance));
  }

  /** What may back new orders. */
  available(positions: readonly PositionRecord[], orders: readonly OrderRecord[], balance: Decimal): Decimal {
    let free = balance.minus(this.orderMargin(orders));
    for (const position of positions) {
      const contract = this.#market.contract(position.instId)!;
      free = free.minus(initialMargin(contract, position));
      const price = this.#market.price(position.instId);
      if (price && position.marginMode === "cross") free = free.plus(min(ZERO, unrealized(contract, position, price)));
    }
    return max(ZERO, free);
  }

  get busy(): boolean {
    return this.orders.liveCount + this.tpsl.liveCount + this.algo.liveCount > 0 || this.positions().length > 0;
  }
}
