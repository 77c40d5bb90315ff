import type { SpotDoor } from "../../kit/exchange/spot-door.ts";
import type { SimExchange } from "../world/exchange.ts";
import { Broken, type Law } from "./law.ts";

/** Accounts together stay within an exchange's limits, and what asks for silence is obeyed, across restarts (23 in ARCHITECTURE.md). */
export class SilenceLaw implements Law {
  readonly id = "23";
  readonly #exchange: SimExchange;

  constructor(exchange: SimExchange) {
    this.#exchange = exchange;
  }

  second(): void {
    const { silence, doors, addresses } = this.#exchange;
    const [knock] = silence.knocks;
    if (knock !== undefined) throw new Broken(this.id, knock);
    this.#look(doors);
    this.#look(addresses);
  }

  #look(doors: ReadonlyMap<string, SpotDoor>): void {
    for (const [environment, { limits }] of doors) {
      if (limits.refusals > 0)
        throw new Broken(this.id, `the ${environment} world refused a request, for its weight per minute was used up`);
      if (limits.knocksWhileBanned > 0) throw new Broken(this.id, `the ${environment} world banned this address for its weight`);
    }
  }
}
