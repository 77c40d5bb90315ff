import type { Slot } from "./feeds.ts";

/** Who listens to the closed candles of markets beside the accounts. */
export interface SlotListener {
  /** Whether it listens to a market at all. */
  isOn(market: string): boolean;
  /** What the slots of one step lead to; undefined where that is nothing. */
  onSlots(market: string, slots: readonly Slot[]): Promise<void> | undefined;
}
