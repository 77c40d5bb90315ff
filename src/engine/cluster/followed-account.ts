import { type MarketMs, marketMs } from "../../domain/time.ts";
import type { MarketStep } from "../../ports/market.ts";
import { Account } from "../account.ts";
import type { AccountExecutor } from "../executor.ts";
import { NotHeldHere } from "./followed-stream.ts";

/** Sends nothing: what happens in this account is decided by the process that has it. */
const NOBODY: AccountExecutor = {
  wishes: () => [],
  entryNow: () => undefined,
  mayEnter: () => refuse(),
  act: () => refuse(),
  send: () => refuse(),
  cancelEntries: () => refuse(),
  closing: () => refuse(),
  recover: () => Promise.resolve(),
  finishPanic: () => Promise.resolve(),
};

function refuse(): never {
  throw new NotHeldHere("this account is another process's: only that one may decide and send for it");
}

/** An account that another process has: its books are known here, and nothing is done for it. */
export class FollowedAccount extends Account {
  readonly executor = NOBODY;

  override get isHeld(): boolean {
    return false;
  }

  onStep(step: MarketStep): undefined {
    this.position = marketMs(Math.max(this.position, step.atMs));
  }

  onPrice(_symbol: string, _price: number, _at: MarketMs): undefined {
    return undefined;
  }

  tend(): void {
    // Nothing is ever due: whoever has it does what is.
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  protected override appended(): void {
    // Nothing is appended here.
  }
}
