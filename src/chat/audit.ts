import type { DeskEvent } from "../domain/events.ts";
import type { Request } from "../ports/platform.ts";
import { argumentsOf } from "./arg-info.ts";
import type { Args, Call, Command } from "./command.ts";
import { without } from "./confirmations.ts";

/** The audit's fact about a command that was done. Secrets are left out. */
export function auditOf(command: Command, { path, args, user, place }: Request, result: string): DeskEvent {
  const secret = new Set(
    argumentsOf(command)
      .filter(({ meta }) => meta.secret === true)
      .map(({ name }) => name),
  );
  const shown = Object.entries(without(args)).map(([name, value]) => [name, secret.has(name) ? "***" : value]);
  return { type: "command-done", path, args: Object.fromEntries(shown), user: user.id, place: place.id, result };
}

/** What a confirmation was asked about: when it differs later, the confirmation no longer holds. */
export function stateOf({ bots, desk, engine }: Call<Args>): string {
  const facts = bots.map(({ state: { spec, status, position } }) => [spec.id, status, position.fillCount, position.quantity.toFixed()]);
  const panics = engine.accounts().map(({ state }) => [state.account, state.panic]);
  return JSON.stringify([facts, desk.state.halt, panics]);
}
