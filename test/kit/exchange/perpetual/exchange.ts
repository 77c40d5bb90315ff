import { type Decimal, decimal } from "../../../../src/domain/money.ts";
import type { Tape, TapeCandle } from "../tape.ts";
import { Account } from "./account.ts";
import type { Venue } from "./match.ts";
import { type AlgoDraft, placeAlgo, placeOrder, placeTpsl, type TpslDraft } from "./place.ts";
import { endOrder, execute, type OrderDraft, tradable } from "./settle.ts";
import { deleverage, lastPrice, liquidate } from "./triggers.ts";
import type { AlgoRecord, BookEvent, Contract, MarginMode, OrderRecord, Refusal, TpslRecord } from "./types.ts";
import { walk } from "./walk.ts";

export type Right = "READ" | "TRADE" | "TRANSFER";

/** One set of keys of an account. */
export interface Key {
  readonly account: string;
  readonly key: string;
  readonly secret: string;
  readonly passphrase: string;
  readonly rights: ReadonlySet<Right>;
  readonly addresses: readonly string[];
  readonly name: string;
  readonly createMs: number;
  /** Refused as if it called from an address that is not on its list. */
  readonly strangeAddress?: boolean;
}

const MINUTE_MS = 60_000;

const FIRST_IDS = { order: 28_150_801, tpsl: 1_012, algo: 11_756_185, trade: 7_772_187, bill: 3_743, position: 7_982 };

/**
 * A perpetual exchange over a tape, without a door: its accounts, keys and matching. Time moves only when `advanceTo` says so. Everything that
 * happens is told to `watch`ers, so that a referee reads the exchange's own books and never those of whoever trades on it.
 */
export class PerpetualExchange {
  readonly tape: Tape;
  readonly accounts = new Map<string, Account>();
  readonly keys = new Map<string, Key>();
  /** How many trades an order that executes at once falls into (E11). */
  pieces = 1;
  readonly #contracts: Map<string, Contract>;
  readonly #halted = new Set<string>();
  readonly #ids = new Map<string, number>();
  readonly #watchers: ((event: BookEvent) => void)[] = [];
  readonly #races = new Set<string>();
  readonly #denied = new Set<string>();
  readonly #view: Venue = this.#viewed();
  #nowMs: number;
  /** Grows with everything that happens in some account, and with every change of a contract. */
  #changes = 0;
  /** The candles between which nothing that waits for a price is reached, as long as nothing changes. */
  #quiet: { readonly changes: number; readonly candles: readonly (TapeCandle | undefined)[] } | undefined;

  constructor(tape: Tape, contracts: readonly Contract[], startMs: number) {
    this.tape = tape;
    this.#contracts = new Map(contracts.map((contract) => [contract.instId, contract]));
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Lets the exchange live until an instant. Going back does nothing. */
  advanceTo(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    const isWithinMinute = Math.floor(nowMs / MINUTE_MS) === Math.floor(this.#nowMs / MINUTE_MS);
    const candles = isWithinMinute ? this.#candles() : [];
    if (isWithinMinute && this.#isQuiet(candles)) this.#nowMs = nowMs;
    else if (walk(this.#view, [...this.accounts.values()], nowMs) && isWithinMinute) this.#quiet = { changes: this.#changes, candles };
  }

  #isQuiet(candles: readonly (TapeCandle | undefined)[]): boolean {
    const quiet = this.#quiet;
    return quiet?.changes === this.#changes && candles.every((candle, index) => candle === quiet.candles[index]);
  }

  /** Of each contract the candle of this minute and of the next one. */
  #candles(): (TapeCandle | undefined)[] {
    const candles: (TapeCandle | undefined)[] = [];
    for (const { tapeSymbol } of this.#contracts.values())
      candles.push(this.tape.candleAt(tapeSymbol, this.#nowMs), this.tape.candleAt(tapeSymbol, this.#nowMs + MINUTE_MS));
    return candles;
  }

  watch(watcher: (event: BookEvent) => void): void {
    this.#watchers.push(watcher);
  }

  openAccount(id: string, deposit: Decimal): Account {
    const account = new Account(id, this.#view, (event) => {
      this.#changes += 1;
      for (const watcher of this.#watchers) watcher(event);
    });
    this.accounts.set(id, account);
    account.book("deposit", undefined, deposit, this.#nowMs);
    return account;
  }

  addKey(
    account: string,
    parts: { key: string; secret: string; passphrase: string; rights?: readonly Right[]; addresses?: readonly string[] },
  ): void {
    const { key, secret, passphrase } = parts;
    const rights = new Set(parts.rights ?? (["READ", "TRADE"] as const));
    this.keys.set(key, { account, key, secret, passphrase, rights, addresses: parts.addresses ?? [], name: "desk", createMs: this.#nowMs });
  }

  revokeKey(key: string): void {
    this.keys.delete(key);
  }

  changeKey(key: string, change: Partial<Pick<Key, "rights" | "strangeAddress" | "passphrase">>): void {
    const known = this.keys.get(key);
    if (known) this.keys.set(key, { ...known, ...change });
  }

  contracts(): Contract[] {
    return [...this.#contracts.values()];
  }

  contract(instId: string): Contract | undefined {
    return this.#contracts.get(instId);
  }

  /** New rules for a symbol (E14); the orders that rest stay as they are. */
  changeContract(instId: string, change: Partial<Contract>): void {
    const known = this.#contracts.get(instId);
    if (!known) return;
    this.#contracts.set(instId, { ...known, ...change });
    this.#changes += 1;
  }

  halt(instId: string): void {
    this.#halted.add(instId);
  }

  resume(instId: string): void {
    this.#halted.delete(instId);
  }

  halted(instId: string): boolean {
    return this.#halted.has(instId);
  }

  price(instId: string): Decimal | undefined {
    return lastPrice(this.#view, instId);
  }

  place(account: Account, draft: OrderDraft): OrderRecord | Refusal {
    return this.#closedFor(draft.instId) ?? placeOrder(this.#view, account, draft);
  }

  protect(account: Account, draft: TpslDraft): TpslRecord | Refusal {
    return this.#closedFor(draft.instId) ?? placeTpsl(this.#view, account, draft);
  }

  trigger(account: Account, draft: AlgoDraft): AlgoRecord | Refusal {
    return this.#closedFor(draft.instId) ?? placeAlgo(this.#view, account, draft);
  }

  /** Cancels a resting order; false when nothing rests under that id. */
  cancel(account: Account, id: string): boolean {
    const order = account.orders.latest(id);
    if (order?.state !== "live" && order?.state !== "partially_filled") return false;
    const venue = this.#view;
    if (this.#races.delete(account.id)) execute(venue, account, order, tradable(account, order), order.price, "maker", this.#nowMs);
    else endOrder(account, order, "user_canceled", "Order canceled by user", this.#nowMs);
    return true;
  }

  cancelTpsl(account: Account, id: string): boolean {
    const record = account.tpsl.latest(id);
    if (record?.state !== "live") return false;
    account.putTpsl({ ...record, state: "canceled", updateMs: this.#nowMs }, this.#nowMs);
    return true;
  }

  cancelAlgo(account: Account, id: string): boolean {
    const record = account.algo.latest(id);
    if (record?.state !== "live") return false;
    account.putAlgo({ ...record, state: "canceled", updateMs: this.#nowMs }, this.#nowMs);
    return true;
  }

  /** By hand: the next cancel of this account is answered as done while its order fills (E11). */
  raceNextCancel(account: Account): void {
    this.#races.add(account.id);
  }

  /** By hand: this order is shown as canceled with nothing filled, whatever its fills say (E11). */
  denyFills(orderId: string): void {
    this.#denied.add(orderId);
  }

  deniesFills(orderId: string): boolean {
    return this.#denied.has(orderId);
  }

  /** By hand: money comes or goes between this account and the owner's other ones (E19). */
  transfer(account: Account, amount: Decimal): void {
    account.book("transfer", undefined, amount, this.#nowMs);
  }

  /** By hand: the exchange takes a position over (E20). */
  liquidate(account: Account, instId: string, marginMode: MarginMode): void {
    const position = account.position(instId, marginMode);
    if (position) liquidate(this.#view, account, position);
  }

  /** By hand: the exchange closes some contracts of a position at the last price (E20). */
  deleverage(account: Account, instId: string, marginMode: MarginMode, contracts: Decimal): void {
    const position = account.position(instId, marginMode);
    if (position)
      deleverage(this.#view, account, position, contracts.isGreaterThan(position.contracts.abs()) ? position.contracts.abs() : contracts);
  }

  #closedFor(instId: string): Refusal | undefined {
    return this.#halted.has(instId) ? { code: "152014", msg: "Instrument ID does not exist" } : undefined;
  }

  /** The exchange as its matching rules see it. */
  view(): Venue {
    return this.#view;
  }

  #viewed(): Venue {
    const exchange = this;
    return {
      get tape() {
        return exchange.tape;
      },
      get pieces() {
        return exchange.pieces;
      },
      get nowMs() {
        return exchange.#nowMs;
      },
      set nowMs(value: number) {
        exchange.#nowMs = value;
      },
      contract: (instId) => this.#contracts.get(instId),
      price: (instId) => this.price(instId),
      nextId: (space) => {
        const id = (this.#ids.get(space) ?? FIRST_IDS[space]) + 1;
        this.#ids.set(space, id);
        return String(id);
      },
    };
  }
}

/** A contract as Blofin lists BTC, for tests that need no other. */
export function btcContract(change: Partial<Contract> = {}): Contract {
  return {
    instId: "BTC-USDT",
    tapeSymbol: "BTC/USDT:USDT",
    base: "BTC",
    contractValue: decimal("0.001"),
    lotSize: decimal("0.1"),
    minSize: decimal("0.1"),
    tickSize: decimal("0.1"),
    limitSizeMax: decimal("100000"),
    marketSizeMax: decimal("20000"),
    leverageMax: 125,
    maintenanceRate: decimal("0.004"),
    makerRate: decimal("0.0002"),
    takerRate: decimal("0.0006"),
    fundingRate: decimal("0.0001"),
    listedMs: 1_638_333_031_000,
    ...change,
  };
}
