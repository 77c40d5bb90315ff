import type { AccountFacts, Breakers, Engine } from "../ports/engine.ts";
import type { HealthFacts } from "../ports/health-facts.ts";
import { accountFacts } from "./account-facts.ts";
import type { Accounts } from "./accounts.ts";
import { PeoplesBreakers } from "./breaker-facts.ts";
import type { Shared } from "./cluster/shared.ts";
import type { Desk } from "./desk.ts";
import type { Floors } from "./floors.ts";
import { countsIn } from "./health.ts";
import type { Pulse } from "./pulse.ts";
import type { RiskGuard } from "./risk-guard.ts";
import { accountStream } from "./streams.ts";

interface PartSources {
  readonly accounts: Accounts;
  readonly desk: Desk;
  readonly floors: Floors;
  readonly pulse: Pulse;
  readonly risk: RiskGuard;
  readonly shared: Shared | undefined;
}

/** What this process has of its desk, for whoever watches the process and not the desk. From memory; nothing that trades asks it. */
export class OwnPart implements Pick<Engine, "accounts" | "health"> {
  readonly #sources: PartSources;
  readonly breakers: Pick<Breakers, "all">;

  constructor(sources: PartSources) {
    this.#sources = sources;
    const { accounts, risk } = sources;
    this.breakers = new PeoplesBreakers({ all: () => accounts.held(), get: (stream) => accounts.get(stream) }, risk.breakers);
  }

  /** Whether this process has an account. */
  isHeld(account: string): boolean {
    return this.#sources.accounts.get(accountStream(account))?.isHeld === true;
  }

  accounts(): readonly AccountFacts[] {
    const { drilled } = this.#sources.desk.state;
    const held = this.#sources.accounts.held().filter(({ state }) => !state.venue.removed);
    return held.map((account) => accountFacts(account, drilled.includes(account.state.exchange ?? "")));
  }

  /** How this process is; that the desk is halted, or that nobody has some accounts, is no problem of its own. */
  health(): HealthFacts {
    const { pulse, accounts } = this.#sources;
    const blind = this.blind();
    return { ...pulse.ages(), ...countsIn(accounts.held()), problems: [...pulse.problems(), ...(blind === undefined ? [] : [blind])] };
  }

  /** How many slots have closed here since the start, on all markets. */
  slots(): number {
    return this.#sources.floors.all().reduce((sum, { pump }) => sum + pump.slots, 0);
  }

  /** How old what this process knows of the desk is, in milliseconds; undefined where it has the desk, or never saw it. */
  deskAgeMs(): number | undefined {
    return this.#sources.shared?.deskAgeMs();
  }

  /** Why nothing may enter here: what the desk has decided lately is not known. */
  blind(): string | undefined {
    return this.#sources.shared?.blind();
  }
}
