import { AccessDenials } from "../chat/access-denials.ts";
import type { OpenedEngine } from "../engine/open.ts";
import type { Observed } from "../http/api/observed.ts";
import type { Backing } from "../ports/backing.ts";
import { ownersOf } from "./owners.ts";
import type { ProcessOptions } from "./process.ts";

type ProcessNeeds = Pick<ProcessOptions, "clock" | "logger" | "version" | "config">;

/** An engine as health and metrics see it: what it has of the desk. */
export function observedEngine(
  opened: Pick<OpenedEngine, "engine" | "own" | "desk">,
  needs: ProcessNeeds,
  backings: readonly Backing[],
): Observed {
  const { engine, own, desk } = opened;
  const { clock, logger, version, config } = needs;
  const options: Observed["options"] = {
    engine: { accounts: () => own.accounts(), health: () => own.health(), market: () => engine.market(), breakers: own.breakers },
    desk: {
      get state() {
        return desk.state;
      },
      // Only the process that has the desk writes down who was refused what; of what is refused here the log tells.
      append: async (events) => logger.warn({ events }, "a request to this engine was refused"),
    },
    clock,
    logger,
    version,
    owners: ownersOf(config),
    platforms: () => [],
    backings,
  };
  return { blind: () => own.blind(), options, denials: new AccessDenials(options) };
}
