import { decimal } from "../../../src/domain/money.ts";
import type { Caller, Engine, ManualOrder } from "../../../src/ports/engine.ts";
import type { Dice } from "./dice.ts";
import { PERPETUALS } from "./perpetual-listing.ts";

interface Wish {
  readonly command: "enter" | "close";
  readonly run: (engine: Engine, caller: Caller) => Promise<unknown>;
}

/** One wish of a person with perpetuals in so many is an order by hand. */
const ODDS = 0.4;
const STOP_PCT = [0.4, 0.8, 2, 5] as const;

/** Orders by hand on contracts: the only way to be short. Most go to the contract that no bot trades. */
export class HandOrders {
  readonly #account: string;
  readonly #dice: Dice;
  #open: string | undefined;

  constructor(account: string, dice: Dice) {
    this.#account = account;
    this.#dice = dice;
  }

  wants(): boolean {
    return this.#dice.chance(ODDS);
  }

  /** Closes what was entered last, now and then; otherwise enters. */
  wish(): Wish {
    const open = this.#open;
    if (open !== undefined && this.#dice.chance(0.4)) {
      this.#open = undefined;
      return { command: "close", run: (engine, caller) => engine.closePosition(open, caller) };
    }
    const order = this.#order();
    const run: Wish["run"] = async (engine, caller) => {
      const bot = await engine.enterOrder(order, caller);
      this.#open = bot.state.spec.name;
    };
    return { command: "enter", run };
  }

  #order(): ManualOrder {
    const dice = this.#dice;
    const symbols = PERPETUALS.map(({ symbol }) => symbol);
    return {
      account: this.#account,
      symbol: dice.chance(0.8) ? (symbols.at(-1) ?? "") : dice.pick(symbols),
      side: dice.chance(0.7) ? "sell" : "buy",
      notional: decimal(dice.pick([50, 300, 1_500])),
      price: undefined,
      stopPct: dice.pick(STOP_PCT),
      takePct: dice.chance(0.5) ? dice.pick([0.5, 1, 3]) : undefined,
      leverage: dice.pick([1, 2, 3]),
    };
  }
}
