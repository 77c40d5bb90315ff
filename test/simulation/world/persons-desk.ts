import type { Referee } from "../referee/referee.ts";
import type { Machine } from "./machine.ts";
import type { Desk } from "./person.ts";

/** The desk as a person finds it: whoever answers for it, with what is asked and answered told to the referee. */
export function personsDesk(machine: Machine, referee: Referee, engine: Desk["engine"]): Desk {
  return {
    engine,
    wallMs: () => machine.wall.now(),
    asked: (asked) => referee.asked(asked),
    done: (asked) => referee.done(asked),
    refused: (asked, because) => referee.refused(asked, because),
    tell: (line) => machine.trace.tell(line),
  };
}
