import type { Role } from "../domain/events.ts";
import { meant } from "../domain/nearest.ts";
import type { BotFacts } from "../ports/engine.ts";
import { type Asker, atLeast, deskRole, holdsAny, isLocked, type People, rolesOn } from "./access.ts";
import { targetOf } from "./arg-info.ts";
import type { Command } from "./command.ts";

/** Denied, locked (the person's rights are ended), missing (may know that it does not exist), or allowed with the bots that the request names (none while that argument is not given). */
export type Verdict =
  | { readonly kind: "denied" }
  | { readonly kind: "locked" }
  | { readonly kind: "missing"; readonly sentence: string }
  | { readonly kind: "allowed"; readonly bots: readonly BotFacts[] };

const DENIED: Verdict = { kind: "denied" };

/** Decides from memory alone whether a person may use a command with these arguments. What is not granted is denied. */
export function authorize(
  command: Command,
  raw: Readonly<Record<string, string>>,
  people: People,
  asker: Asker,
  bots: readonly BotFacts[],
): Verdict {
  if (isLocked(people, asker.user)) return { kind: "locked" };
  if (command.role === "anyone") return { kind: "allowed", bots: [] };
  const target = targetOf(command, raw);
  if (target !== undefined)
    return authorizeBots(command.role, { raw: raw[target.name], isOptional: !target.required }, people, asker, bots);
  const allowed = command.partial ? holdsAny(people, asker) : atLeast(deskRole(people, asker), command.role);
  return allowed ? { kind: "allowed", bots: [] } : DENIED;
}

/** What was typed where a command names bots, and whether it may be left out. */
interface Named {
  readonly raw: string | undefined;
  readonly isOptional: boolean;
}

function authorizeBots(need: Role, { raw, isOptional }: Named, people: People, asker: Asker, bots: readonly BotFacts[]): Verdict {
  const roleOf = rolesOn(people, asker);
  const mine = bots.filter(({ state }) => atLeast(roleOf(state.spec), need));
  const everywhere = atLeast(deskRole(people, asker), need);
  if (mine.length === 0 && !everywhere) return DENIED;
  if (raw === undefined && isOptional) return { kind: "allowed", bots: [] };
  if (bots.length === 0) return { kind: "missing", sentence: "There are no bots yet. Make one with `bot create`." };
  if (raw === undefined) return { kind: "allowed", bots: [] };
  const named = botsNamed(raw.trim().toLowerCase(), mine);
  if (named.length > 0) return { kind: "allowed", bots: named };
  if (!everywhere) return DENIED;
  const names = [...new Set(mine.flatMap(({ state: { spec } }) => (spec.group === undefined ? [spec.name] : [spec.name, spec.group])))];
  return { kind: "missing", sentence: `There is no bot or group with that name${meant(raw, names)} \`bot list\` shows what there is.` };
}

/** The bot of that name, else the bots of the group of that name; `all` names all. */
function botsNamed(name: string, bots: readonly BotFacts[]): readonly BotFacts[] {
  if (name === "all") return bots;
  const one = bots.find(({ state }) => state.spec.name === name);
  return one ? [one] : bots.filter(({ state }) => state.spec.group === name);
}
