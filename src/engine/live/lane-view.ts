import type { BotState } from "../../domain/books.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Decimal } from "../../domain/money.ts";
import type { Order, Purpose } from "../../domain/order.ts";
import type { VenueTraits } from "../../ports/live-venue.ts";
import type { ProtectiveLevels } from "./levels.ts";
import type { LaneMemory } from "./memory.ts";

/** Everything that the next step of one bot follows from: its books, what the venue can do, and what this process has seen. */
export interface LaneView {
  readonly bot: BotState;
  /** Its orders that have not ended, oldest first. */
  readonly orders: readonly Order[];
  /** Undefined while the venue does not list the symbol and nobody remembers its rules. */
  readonly rules: Instrument | undefined;
  readonly traits: VenueTraits;
  /** What earlier positions left in the account of the coin that this bot holds. */
  readonly dust: Decimal;
  /** What nobody here bought of it: the owner's own. */
  others(): Decimal;
  /** The last price, where it is fresh. */
  readonly price: number | undefined;
  readonly nowMs: number;
  readonly venueMs: number;
  readonly memory: LaneMemory;
  /** Whether the venue lists the symbol now: what is halted or delisted may not tell of our orders any more. */
  readonly listed: boolean;
  /** Whether it is this bot's turn to give up its stop for a sale: in a panic positions are closed one at a time. */
  readonly turn: boolean;
}

export type Step =
  | { readonly kind: "rest" }
  | { readonly kind: "send" | "forget" | "probe" | "poll" | "cancel"; readonly order: Order }
  | { readonly kind: "protect"; readonly quantity: Decimal; readonly levels: ProtectiveLevels }
  | { readonly kind: "exit"; readonly quantity: Decimal; readonly dust: Decimal | undefined }
  /** `level` is the price that a stop of the desk's own was passed at: what its sale is measured against. */
  | { readonly kind: "want-exit"; readonly purpose: Purpose; readonly reason: string; readonly keep?: Decimal; readonly level?: Decimal }
  | { readonly kind: "dust" }
  | { readonly kind: "alarm"; readonly sinceMs: number; readonly reason: string }
  | { readonly kind: "relief"; readonly nakedForMs: number };
