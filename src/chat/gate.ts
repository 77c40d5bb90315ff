import type { Chance, Clock } from "../ports/clock.ts";
import type { DeskLedger } from "../ports/engine.ts";
import type { Request } from "../ports/platform.ts";
import type { SharedTries } from "../ports/shared-tries.ts";
import type { Vault } from "../ports/vault.ts";
import type { View } from "../ports/view.ts";
import { lineOf, stateOf } from "./audit.ts";
import { type Args, type Call, type Command, wantsFactor } from "./command.ts";
import { CONFIRM, Confirmations, FACTOR } from "./confirmations.ts";
import { Factors } from "./factors.ts";
import { LinkCodes } from "./link-codes.ts";
import { badView } from "./view.ts";

export interface GateParts {
  readonly desk: DeskLedger;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Where all processes of a desk count wrong tries together. */
  readonly sharedTries?: SharedTries | undefined;
}

/** What stands between an authorized request and its effect: a confirmation where it is dangerous, and a second factor where it raises risk. */
export class Gate {
  readonly confirmations: Confirmations;
  readonly factors: Factors;
  readonly linkCodes: LinkCodes;
  readonly #countsTogether: boolean;

  constructor(parts: GateParts) {
    this.confirmations = new Confirmations(parts.clock, parts.chance);
    this.factors = new Factors(parts);
    this.linkCodes = new LinkCodes(parts);
    this.#countsTogether = parts.sharedTries !== undefined;
  }

  /** What to ask first, or why the proof that came along does not hold; undefined when nothing stands in the way. */
  async hold(command: Command, call: Call<Args>, request: Request): Promise<View | undefined> {
    if (this.#countsTogether) await this.#recount(request.user.id);
    const state = stateOf(call);
    // A factor is asked for after the confirmation, so one that holds stands for both.
    const factor = request.args[FACTOR];
    if (factor !== undefined) return this.factors.redeem(factor, request, state);
    const unconfirmed = await this.#unconfirmed(command, call, request, state);
    if (unconfirmed !== undefined) return unconfirmed;
    // Who sits at the machine needs no second factor: being there is one.
    if (request.place.platform === "terminal" || !(await wantsFactor(command, call))) return undefined;
    return this.factors.ask(request, lineOf(command, request), state);
  }

  /** Forgets everything that waits for these users. */
  forget(isGone: (user: string) => boolean): void {
    this.confirmations.forget(isGone);
    this.factors.forget(isGone);
    this.linkCodes.forget(isGone);
  }

  /** What other processes counted is known before a code is judged by it. */
  async #recount(user: string): Promise<void> {
    await Promise.all([this.factors.recount(user), this.linkCodes.recount(user)]);
  }

  async #unconfirmed(command: Command, call: Call<Args>, request: Request, state: string): Promise<View | undefined> {
    if (!command.danger) return undefined;
    const confirm = request.args[CONFIRM];
    if (confirm === undefined) {
      const question = await command.danger(call);
      return question === undefined ? undefined : this.confirmations.ask(request, question, state);
    }
    if (confirm === "yes" && request.place.platform === "terminal") return undefined;
    const problem = this.confirmations.redeem(confirm, request, state);
    return problem === undefined ? undefined : badView(problem);
  }
}
