import type { Delivery } from "../chat/delivery.ts";
import type { OpenedEngine } from "../engine/open.ts";
import type { OwnPart } from "../engine/own-part.ts";
import { accountOf } from "../engine/streams.ts";
import type { Meters } from "../http/api/meters.ts";
import { OrderTally } from "../http/api/order-tally.ts";
import type { Clock, LoopDelay } from "../ports/clock.ts";
import type { ProcessRole } from "../ports/cluster.ts";
import type { Engine } from "../ports/engine.ts";
import type { Streams } from "../ports/streams.ts";
import type { Venues } from "./venues.ts";

export interface MeterNeeds extends Pick<OpenedEngine, "symbolsOn"> {
  readonly role: ProcessRole;
  readonly own: Pick<OwnPart, "isHeld" | "slots" | "deskAgeMs">;
  readonly engine: Pick<Engine, "account" | "market">;
  readonly streams: Streams;
  readonly clock: Clock;
  /** Absent where nothing is delivered. */
  readonly delivery?: Pick<Delivery, "backlogs">;
  readonly venues: Pick<Venues, "budgets">;
  readonly loopDelay?: (() => LoopDelay) | undefined;
}

/** What is measured of a process beside its own facts. Orders are counted from now on: all of the desk's, in an engine those of the accounts that it has. */
export function metersOf({ role, engine, streams, clock, delivery, venues, loopDelay, own, symbolsOn }: MeterNeeds): Meters {
  const modeOf = (stream: string) => {
    const account = accountOf(stream);
    if (account === undefined || (role === "engine" && !own.isHeld(account))) return undefined;
    return engine.account(account)?.state.mode;
  };
  const tally = new OrderTally({ streams, clock, modeOf });
  return {
    role,
    accountsHeld: () => streams.names().filter((stream) => own.isHeld(accountOf(stream) ?? "")).length,
    slots: () => own.slots(),
    isMarketRead: () => symbolsOn(engine.market().key).size > 0,
    deskAgeMs: () => own.deskAgeMs(),
    loopDelay: () => loopDelay?.(),
    backlogs: () => delivery?.backlogs() ?? [],
    budgets: () => venues.budgets(),
    orders: () => tally.counts(),
  };
}
