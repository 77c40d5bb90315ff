import type { BreakerName, Reaction } from "../../../src/domain/breaker.ts";
import { UserError } from "../../../src/domain/errors.ts";
import type { Caller, Engine } from "../../../src/ports/engine.ts";
import { BREAKER_DEFAULTS, type BreakerDefault, type BreakerDefaults } from "../../../src/risk/breaker-defaults.ts";
import { BREAKER_RULES } from "../../../src/risk/breaker-rules.ts";
import type { Dice } from "./dice.ts";

const MINUTE_MS = 60_000;
/** Thresholds at which breakers of a virtual desk open now and then, because its hours are few. */
const NEAR: { readonly [N in BreakerName]?: readonly number[] } = {
  drawdown: [0.2, 0.6, 1.5],
  losses: [2, 3, 4],
  slippage: [10, 30],
  volatility: [3, 5, 8],
  gap: [0.5, 1],
  stale: [2, 5],
  diverging: [0.3, 1],
  errors: [25, 50],
  latency: [500, 2_000],
  spread: [20, 60],
  rejects: [2, 3, 5],
  store: [500, 2_000],
};

/** The breakers that a seed draws: as they are from the start in a third of all, else nearer ones with reactions of their own. */
export function drawnBreakers(dice: Dice): BreakerDefaults {
  if (dice.chance(0.33)) return BREAKER_DEFAULTS;
  const drawn: { [N in BreakerName]?: BreakerDefault } = {};
  for (const known of Object.keys(BREAKER_DEFAULTS)) {
    const name = known as BreakerName;
    const from = BREAKER_DEFAULTS[name];
    if (!from || dice.chance(0.3)) continue;
    const { reactions, isProbed } = BREAKER_RULES[name];
    const reaction: Reaction = dice.chance(0.5) ? "deny" : dice.pick(reactions);
    const spanMs = Math.round(dice.magnitude(2 * MINUTE_MS, 60 * MINUTE_MS));
    const span = isProbed || dice.chance(0.7) ? spanMs : dice.pick(["day", "reset"] as const);
    drawn[name] = { ...from, at: dice.pick(NEAR[name] ?? [from.at]), reaction, span };
  }
  return drawn;
}

/** One wish of a person in so many is the reset of a breaker. */
const RESET_ODDS = 0.15;

/** Somebody who resets what is open, as far as it is not the daily loss. */
export class Resets {
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  wants(): boolean {
    return this.#dice.chance(RESET_ODDS);
  }

  /** One open breaker of any account; which one is chosen when somebody is there to ask. */
  readonly run = async (engine: Engine, caller: Caller): Promise<void> => {
    const open = engine.breakers.all().filter((each) => each.open && each.breaker !== "daily-loss");
    const [found] = open;
    if (!found) throw new UserError("No breaker is open.");
    await engine.breakers.reset(found.account, found, "by hand", caller);
  };
}
