import { type Decimal, decimal, floorToStep, ONE } from "../../../src/domain/money.ts";
import type { PerpetualExchange } from "../../kit/exchange/perpetual/exchange.ts";
import type { PositionRecord } from "../../kit/exchange/perpetual/types.ts";
import type { Dice } from "./dice.ts";
import type { Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";
import type { PerpetualAccount } from "./venue-account.ts";
import type { Weather } from "./weather.ts";

const TRANSFERS: readonly string[] = ["-35.5", "-1.25", "12", "50"];
const PARTS: readonly string[] = ["1", "1", "0.5"];

export interface PerpetualEventsParts {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly weather: Weather;
  readonly exchange: PerpetualExchange;
  readonly accounts: readonly PerpetualAccount[];
  readonly dice: Dice;
}

/** What happens at Blofin by the hand of an account's owner in the exchange's own app, or by the exchange itself: E19 and E20 of the fault table. */
export class PerpetualEvents {
  readonly #parts: PerpetualEventsParts;

  constructor(parts: PerpetualEventsParts) {
    this.#parts = parts;
  }

  /** Plans the spells that the weather has. */
  plan(): void {
    const { timeline, weather } = this.#parts;
    for (const { fromMs } of weather.spellsOf("Blofin E19")) timeline.at(fromMs, () => this.#byHand());
    for (const { fromMs } of weather.spellsOf("Blofin E20")) timeline.at(fromMs, () => this.#byExchange());
  }

  /** E19: money in or out, a position closed whole or in part, or a protective order taken away. */
  #byHand(): void {
    const { accounts, dice, exchange } = this.#parts;
    const account = dice.pick(accounts);
    const deed = dice.pick(["transfer", "close", "close", "uncover"] as const);
    if (deed === "transfer") {
      const amount = dice.pick(TRANSFERS);
      exchange.transfer(account.book, decimal(amount));
      return this.#tell("Blofin E19", `${amount} USDT by hand at ${account.name}`);
    }
    if (deed === "close") return this.#close(account);
    const stop = account.book.tpsl.live()[0];
    if (stop && exchange.cancelTpsl(account.book, stop.id))
      this.#tell("Blofin E19", `the stop ${stop.clientOrderId} was canceled by hand at ${account.name}`);
  }

  #close(account: PerpetualAccount): void {
    const { exchange } = this.#parts;
    const position = this.#held(account);
    if (!position) return;
    const { instId, contracts, marginMode } = position;
    const size = this.#partOf(position);
    const side = contracts.isNegative() ? "buy" : "sell";
    const order = { instId, side, type: "market", marginMode, size, reduceOnly: true, clientOrderId: "", brokerId: "" } as const;
    if (size.isZero() || "code" in exchange.place(account.book, order)) return;
    this.#tell("Blofin E19", `${side} ${size.toFixed()} contracts of ${instId} by hand at ${account.name}`);
  }

  /** E20: a position is taken over, or some of it closed against a winner. */
  #byExchange(): void {
    const { accounts, dice, exchange } = this.#parts;
    const account = dice.pick(accounts);
    const position = this.#held(account);
    if (!position) return;
    const { instId, marginMode, leverage } = position;
    const size = this.#partOf(position);
    if (size.isZero()) return;
    // Without leverage the price at which it is taken over would be zero, which none is.
    if (dice.chance(0.5) && leverage > 1) exchange.liquidate(account.book, instId, marginMode);
    else exchange.deleverage(account.book, instId, marginMode, size);
    this.#tell("Blofin E20", `${account.name} loses some of its ${instId}`);
  }

  /** All of a position or half of it, in whole lots. */
  #partOf({ instId, contracts }: PositionRecord): Decimal {
    const { exchange, dice } = this.#parts;
    const lot = exchange.contract(instId)?.lotSize ?? ONE;
    return floorToStep(contracts.abs().times(dice.pick(PARTS)), lot);
  }

  #held({ book }: PerpetualAccount): PositionRecord | undefined {
    const held = book.positions().filter(({ contracts }) => !contracts.isZero());
    return held.length === 0 ? undefined : this.#parts.dice.pick(held);
  }

  #tell(id: string, what: string): void {
    this.#parts.weather.mark(id);
    this.#parts.trace.tell(`${id}: ${what}`);
  }
}
