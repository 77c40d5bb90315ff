import { type BreakerName, breakerKey } from "../domain/breaker.ts";
import { type Decimal, toDouble, ZERO } from "../domain/money.ts";
import { isFlat, isPerpetual } from "../domain/position.ts";
import { clearedLoss } from "./breaker-readings.ts";
import type { BreakerSettingsBook } from "./breaker-settings.ts";
import type { LimitedAccount } from "./level-facts.ts";

/** So much before its threshold a loss is looked at exactly. */
const SLACK = 1e-6;

/** An account's worth as sums over prices: all that does not change until its books do. */
interface Reckoned {
  readonly sequence: number;
  readonly version: number;
  /** What is held, each with its price's symbol. */
  readonly worth: readonly (readonly [string, number])[];
  readonly cash: number;
  /** Open results: the same over positions alone, less what they cost, plus closed results less their highest. */
  readonly held: readonly (readonly [string, number])[];
  readonly belowPeak: number;
  readonly floor: number | undefined;
  readonly drawdownPct: number | undefined;
  /** Something is set that is looked at exactly with each price: over all accounts, or of a bot that holds something. */
  readonly always: boolean;
}

/** Whether a loss may have reached what opens a breaker. Doubles only pre-select; what they let through is decided exactly. */
export class Tripwire {
  readonly #account: LimitedAccount;
  readonly #settings: BreakerSettingsBook;
  #reckoned: Reckoned | undefined;

  constructor(account: LimitedAccount, settings: BreakerSettingsBook) {
    this.#account = account;
    this.#settings = settings;
  }

  crossed(): boolean {
    const { state, priceOf } = this.#account;
    if (this.#reckoned?.sequence !== state.sequence || this.#reckoned.version !== this.#settings.version) this.#reckoned = this.#reckon();
    const { worth, cash, held, belowPeak, floor, drawdownPct, always } = this.#reckoned;
    if (always) return true;
    let equity = cash;
    for (const [symbol, quantity] of worth) {
      const price = priceOf(symbol);
      if (price === undefined) return false;
      equity += quantity * price;
    }
    if (floor !== undefined && equity <= floor + Math.abs(floor) * SLACK) return true;
    if (drawdownPct === undefined) return false;
    let below = belowPeak;
    for (const [symbol, quantity] of held) below += quantity * (priceOf(symbol) ?? 0);
    return below < 0 && -below * 100 >= drawdownPct * (equity - below) * (1 - SLACK);
  }

  #reckon(): Reckoned {
    const { state } = this.#account;
    const own = `account:${state.account}` as const;
    const worth: [string, number][] = [];
    const held: [string, number][] = [];
    let cash = toDouble(state.balances.get(state.currency) ?? ZERO);
    let belowPeak = toDouble(state.risk.result.minus(state.risk.resultPeak));
    let always = this.#settings.has("all");
    for (const { position, spec } of state.bots.values()) {
      if (isFlat(position)) continue;
      const amount: [string, number] = [spec.symbol, toDouble(position.quantity)];
      held.push(amount);
      belowPeak -= toDouble(position.cost);
      always ||= this.#settings.has(`bot:${spec.id}`);
      if (isPerpetual(spec.symbol)) cash -= toDouble(position.cost);
      if (isPerpetual(spec.symbol) || state.mode !== "paper") worth.push(amount);
    }
    if (state.mode === "paper")
      for (const [coin, quantity] of state.balances)
        if (coin !== state.currency && !quantity.isZero()) worth.push([`${coin}/${state.currency}`, toDouble(quantity)]);
    const isOpen = (breaker: BreakerName) => state.breakers.open.has(breakerKey({ breaker, scope: own }));
    const daily = isOpen("daily-loss") ? undefined : this.#settings.at("daily-loss", own);
    const opening: Decimal | undefined = state.day?.equity;
    return {
      ...{ sequence: state.sequence, version: this.#settings.version, worth, cash, held, belowPeak, always },
      floor: opening && daily && toDouble(opening) * (1 - daily.at / 100) - toDouble(clearedLoss(state, own)),
      drawdownPct: isOpen("drawdown") ? undefined : this.#settings.at("drawdown", own)?.at,
    };
  }
}
