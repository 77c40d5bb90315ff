import type { DeskEvent } from "../domain/events.ts";
import { oneLine } from "../domain/visible-text.ts";
import type { Request } from "../ports/platform.ts";
import { argumentsOf } from "./arg-info.ts";
import type { Args, Call, Command } from "./command.ts";
import { without } from "./confirmations.ts";

const LINE_SHOWN_MAX = 200;

/** The audit's fact about a command that was done. Secrets are left out. */
export function auditOf(command: Command, { path, args, user, place }: Request, result: string): DeskEvent {
  return { type: "command-done", path, args: shownArgs(command, args), user: user.id, place: place.id, result };
}

/** Arguments as they may be shown and kept. */
export function shownArgs(command: Command, args: Request["args"]): Record<string, string> {
  const secret = new Set(
    argumentsOf(command)
      .filter(({ meta }) => meta.secret === true)
      .map(({ name }) => name),
  );
  return Object.fromEntries(Object.entries(without(args)).map(([name, value]) => [name, secret.has(name) ? "***" : value]));
}

/** A request as it could be typed, for people to read. */
export function lineOf(command: Command, { path, args }: Request): string {
  return [path, ...Object.entries(shownArgs(command, args)).map(([name, value]) => `${name}:${oneLine(value)}`)]
    .join(" ")
    .slice(0, LINE_SHOWN_MAX);
}

/** What a confirmation was asked about: when it differs later, the confirmation no longer holds. */
export function stateOf({ bots, desk, engine }: Call<Args>): string {
  const facts = bots.map(({ state: { spec, status, position } }) => [spec.id, status, position.fillCount, position.quantity.toFixed()]);
  const panics = engine.accounts().map(({ state }) => [state.account, state.panic]);
  return JSON.stringify([facts, desk.state.halt, panics]);
}
