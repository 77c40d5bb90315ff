import type { AccountState, BotState } from "../../domain/books.ts";
import type { AccountEvent } from "../../domain/events.ts";
import type { Order } from "../../domain/order.ts";
import type { LiveVenue, PlaceOutcome } from "../../ports/live-venue.ts";
import type { Facts } from "../account.ts";
import type { AccountServices } from "../services.ts";
import type { LaneView } from "./lane-view.ts";
import type { LiveTimes } from "./times.ts";

/** What a lane needs of its account. */
export interface LaneHost {
  readonly state: AccountState;
  readonly times: LiveTimes;
  /** Attempts that this process makes durable and has not sent yet, each with the monotonic time at which it was decided. */
  readonly unsent: Map<string, number>;
  /** Undefined while the account has no key at hand. */
  readonly venue: LiveVenue | undefined;
  /** The view of a bot without what its lane remembers; undefined while the venue's rules are not known. */
  look(bot: BotState): Omit<LaneView, "memory" | "bot" | "orders"> | undefined;
  appendEvents(facts: Facts): Promise<void>;
  readonly services: Pick<AccountServices, "logger" | "caughtUp">;
  /** Books the fills of a symbol that the venue lists and the books do not hold. Resolves to whether the list was whole. */
  syncFills(symbol: string): Promise<boolean>;
  /** Why an entry that is durable may not be sent after all; it was decided at this monotonic time. */
  entryForbidden(order: Order, decidedMs: number): string | undefined;
  /** A venue has refused an order: what that means for the account, as events. */
  refused(order: Order, outcome: Extract<PlaceOutcome, { kind: "rejected" }>): readonly AccountEvent[];
  /** Is told when the venue does not know the symbol of an order that it was asked for. */
  readonly reconciler: { unlisted(): void };
  /** An order was accepted. */
  answered(): void;
}
