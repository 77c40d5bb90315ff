import { decimal } from "../../../src/domain/money.ts";
import type { NewBot } from "../../../src/ports/engine.ts";
import type { Draw } from "../swarm.ts";
import { inventedReal } from "./bots.ts";
import type { Dice } from "./dice.ts";
import type { CrashPoint } from "./generation.ts";
import type { Person } from "./person.ts";
import type { Timeline } from "./timeline.ts";

const SECOND_MS = 1_000;
const DOWN_MAX_MS = 2_000;
/** Longer than the scenario, from the smallest share of it on. */
const NEVER_MS = 86_400_000;
/** Two symbols have a bot each, the third one is entered by hand. */
const BOTS = 2;
const BY_HAND = "hand-sol";

/** The one account of the scenario, at which nothing goes wrong but the first process, which dies where it is told to. */
export function scenarioDraw(crash: CrashPoint | undefined): Draw {
  return {
    climates: new Map(),
    kills: undefined,
    crash,
    downMaxMs: DOWN_MAX_MS,
    safeAfterCrashes: 0,
    venueAccounts: 1,
    perpetualAccounts: 0,
    wishEveryMs: NEVER_MS,
  };
}

/** The bots of the account. */
export function scenarioBots(dice: Dice, symbols: readonly string[], named: string): NewBot[] {
  return inventedReal(dice, symbols.slice(0, BOTS), named).map((bot) => ({ ...bot, timeframe: "1m" }));
}

/** What the account's owner does: an entry with its stop, an exit, a command, another entry, and a panic over all of it. */
export function playScenario(timeline: Timeline, owner: Person, account: string): void {
  const sol = { account, symbol: "SOL/USDT", side: "buy", notional: decimal(900), price: undefined, stopPct: 2, takePct: 4 } as const;
  const enter = () => owner.want("enter", undefined, (engine, caller) => engine.enterOrder(sol, caller));
  const script: readonly (readonly [second: number, act: () => void])[] = [
    [90, enter],
    [150, () => owner.want("close", BY_HAND, (engine, caller) => engine.closePosition(BY_HAND, caller))],
    [200, () => owner.want("stop", `${account}-bot-1`, (engine, caller) => engine.stopBot(`${account}-bot-1`, false, caller))],
    [230, () => owner.want("start", `${account}-bot-1`, (engine, caller) => engine.startBot(`${account}-bot-1`, caller))],
    [260, enter],
    [300, () => owner.want("panic", undefined, (engine, caller) => engine.panic("enough", caller))],
    [400, () => owner.want("resume", undefined, (engine, caller) => engine.resume(caller))],
  ];
  for (const [second, act] of script) timeline.after(second * SECOND_MS, act);
}
