import type { Delivery } from "../chat/delivery.ts";
import { accountOf } from "../engine/streams.ts";
import type { Meters } from "../http/api/meters.ts";
import { OrderTally } from "../http/api/order-tally.ts";
import type { Clock, LoopDelay } from "../ports/clock.ts";
import type { Engine } from "../ports/engine.ts";
import type { Streams } from "../ports/streams.ts";
import type { Venues } from "./venues.ts";

export interface MeterNeeds {
  readonly engine: Pick<Engine, "account">;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly delivery: Pick<Delivery, "backlogs">;
  readonly venues: Pick<Venues, "budgets">;
  readonly loopDelay?: (() => LoopDelay) | undefined;
}

/** What is measured of a desk beside its own facts. Orders are counted from now on. */
export function metersOf({ engine, streams, clock, delivery, venues, loopDelay }: MeterNeeds): Meters {
  const modeOf = (stream: string) => {
    const account = accountOf(stream);
    return account === undefined ? undefined : engine.account(account)?.state.mode;
  };
  const tally = new OrderTally({ streams, clock, modeOf });
  return {
    loopDelay: () => loopDelay?.(),
    backlogs: () => delivery.backlogs(),
    budgets: () => venues.budgets(),
    orders: () => tally.counts(),
  };
}
