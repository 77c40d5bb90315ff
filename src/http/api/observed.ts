import type { AccessDenials } from "../../chat/access-denials.ts";
import type { DoorOptions } from "../../chat/door-options.ts";
import type { Breakers, DeskLedger, Engine } from "../../ports/engine.ts";

/** A process as health and metrics see it: a desk at its front door, or an engine, which has accounts and nobody to talk to. */
export interface Observed {
  readonly options: Pick<DoorOptions, "backings" | "clock" | "logger" | "owners" | "platforms" | "version"> & {
    readonly engine: Pick<Engine, "health" | "accounts" | "market"> & { readonly breakers: Pick<Breakers, "all"> };
    readonly desk: Pick<DeskLedger, "state" | "append">;
  };
  readonly denials: Pick<AccessDenials, "deny">;
  /** Why this process does not know what was decided for the whole desk; only where another one has the desk. */
  readonly blind?: (() => string | undefined) | undefined;
}
