import type { DeskState, Grant } from "../domain/desk.ts";
import type { Role } from "../domain/events.ts";

/** From least to most. */
export const ROLES: readonly Role[] = ["viewer", "operator", "trader", "admin"];
/** Who sits at the machine itself. */
export const TERMINAL_USER = "terminal:local";

/** What rights follow from: the desk's grants and the owners named by the process. */
export interface People {
  readonly grants: readonly Grant[];
  readonly owners: ReadonlySet<string>;
}

/** Who asks, and where: a grant for a place counts only there. */
export interface Asker {
  readonly user: string;
  readonly place: string | undefined;
}

interface Named {
  readonly name: string;
  readonly group: string | undefined;
  readonly owner: string;
}

export function peopleOf(state: Readonly<DeskState>, owners: ReadonlySet<string>): People {
  return { grants: state.grants, owners };
}

export function atLeast(have: Role | undefined, need: Role): boolean {
  return have !== undefined && ROLES.indexOf(have) >= ROLES.indexOf(need);
}

function highest(roles: readonly (Role | undefined)[]): Role | undefined {
  return ROLES.findLast((role) => roles.includes(role));
}

/** A grant for a part of the desk never makes an admin, for an admin could grant the rest. */
function below(role: Role): Role {
  return role === "admin" ? "trader" : role;
}

function isAlwaysAdmin({ owners }: People, { user }: Asker): boolean {
  return user === TERMINAL_USER || owners.has(user);
}

/** The role on everything, as it counts at that place. */
export function deskRole(people: People, asker: Asker): Role | undefined {
  if (isAlwaysAdmin(people, asker)) return "admin";
  const held = people.grants.filter(({ user }) => user === asker.user);
  return highest(
    held.map(({ role, scope }) => {
      if (scope === "desk") return role;
      return asker.place !== undefined && scope === `place:${asker.place}` ? below(role) : undefined;
    }),
  );
}

/** The role on one bot: by the desk, by the bot, by its group, or as its owner. An owner acts as trader while they hold any grant. */
export function roleOn(people: People, asker: Asker, bot: Named): Role | undefined {
  const scopes = [`bot:${bot.name}`, bot.group === undefined ? undefined : `group:${bot.group}`];
  const held = people.grants.filter(({ user, scope }) => user === asker.user && scopes.includes(scope)).map(({ role }) => below(role));
  const owned: Role | undefined = bot.owner === asker.user && holdsAny(people, asker) ? "trader" : undefined;
  return highest([deskRole(people, asker), owned, ...held]);
}

/** Whether the person holds any grant that counts at that place. */
export function holdsAny(people: People, asker: Asker): boolean {
  if (isAlwaysAdmin(people, asker)) return true;
  return people.grants.some(
    ({ user, scope }) =>
      user === asker.user && (!scope.startsWith("place:") || (asker.place !== undefined && scope === `place:${asker.place}`)),
  );
}
