import type { Backing } from "../ports/backing.ts";
import type { Backtests } from "../ports/backtest.ts";
import type { Chance, Clock } from "../ports/clock.ts";
import type { DeskLedger, Engine } from "../ports/engine.ts";
import type { Logger } from "../ports/logger.ts";
import type { Platform, Request } from "../ports/platform.ts";
import type { KeyPage } from "../ports/secret-form.ts";
import type { SharedTries } from "../ports/shared-tries.ts";
import type { Shenron } from "../ports/shenron.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import type { View } from "../ports/view.ts";
import type { AccountLimits } from "../risk/entry.ts";
import type { Claim } from "./claim.ts";
import type { Commands, Strategies } from "./command.ts";

/** What the chat layer needs from the rest of the desk. */
export interface DoorOptions {
  readonly commands: Commands;
  readonly engine: Engine;
  readonly desk: DeskLedger;
  readonly store: Pick<Store, "accept" | "settle" | "unsettled">;
  readonly strategies: Strategies;
  readonly backtests: Backtests;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /** Users that the process names as admins, as `discord:123`. */
  readonly owners: ReadonlySet<string>;
  /** Only where nobody owns the desk yet. */
  readonly claim: Claim | undefined;
  /** Seals the seeds of one-time codes. */
  readonly vault: Vault;
  /** Where all processes of a desk count wrong tries together, where there are several. */
  readonly sharedTries?: SharedTries | undefined;
  /** The limits of every account that the settings bring. */
  readonly limits: AccountLimits;
  readonly timeZone: string;
  readonly version: string;
  /** Told each secret as soon as it was entered, so that no log shows it from then on. */
  readonly onSecret?: (value: string) => void;
  /** The one-time page on the desk's machine, where there is one. */
  readonly keyPage?: KeyPage;
  /** Shows a person what became of a request whose form was filled in on that page. */
  readonly tell?: (request: Request, view: View) => Promise<void>;
  /** The AI service, where one is set. */
  readonly shenron?: Shenron | undefined;
  /** What the process leans on beside its store, where it leans on anything. */
  readonly backings: readonly Backing[];
  readonly platforms: () => readonly Pick<Platform, "name" | "reachable">[];
}
