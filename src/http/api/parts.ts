import type { Dispatcher } from "../../chat/dispatcher.ts";
import type { CommandInfo } from "../../ports/platform.ts";
import type { LiveHub } from "./live/hub.ts";
import type { Meters } from "./meters.ts";
import type { Runs } from "./runs.ts";

/** What the routes are made of. `door`, `meters` and `live` throw a 503 while the desk is not open. */
export interface Parts {
  readonly catalog: readonly CommandInfo[];
  readonly door: () => Dispatcher;
  readonly meters: () => Meters;
  readonly live: () => LiveHub;
  readonly runs: Runs;
}
