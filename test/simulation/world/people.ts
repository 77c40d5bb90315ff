import type { NewBot } from "../../../src/ports/engine.ts";
import { invented, inventedPerpetual, inventedReal, someWithPlans } from "./bots.ts";
import type { Dice } from "./dice.ts";
import { scenarioBots } from "./scenario.ts";
import type { PerpetualAccount, VenueAccount } from "./venue-account.ts";

/** Who has something at a desk: the first ones trade on paper alone, each of the others has an account at an exchange. */
export const OWNERS: readonly string[] = ["discord:1", "telegram:2", "discord:3", "telegram:4"];
export const PAPER_OWNERS = 2;

export interface WishParts {
  readonly index: number;
  readonly account: VenueAccount | PerpetualAccount | undefined;
  readonly symbols: readonly string[];
  /** Bots on paper of all owners together. */
  readonly onPaper: number;
  readonly isScenario: boolean;
}

/** The bots that one owner wants. */
export function wishedBots(dice: Dice, { index, account, symbols, onPaper, isScenario }: WishParts): NewBot[] {
  if (!account) {
    const count = Math.floor((onPaper + index) / PAPER_OWNERS);
    return someWithPlans(dice.fork("plans"), invented(dice, count, symbols, index === 0 ? "ann" : "bob"), "paper");
  }
  const named = `${account.name}-bot`;
  if (isScenario && account.exchangeId !== "blofin") return scenarioBots(dice, symbols, named);
  const bots = account.exchangeId === "blofin" ? inventedPerpetual(dice, named) : inventedReal(dice, symbols, named);
  return someWithPlans(dice.fork("plans"), bots, "real");
}
