import type { DeskState } from "../domain/desk.ts";
import { apiUser, type Grant } from "../domain/desk-facts.ts";
import type { Role } from "../domain/events.ts";

/** From least to most. */
export const ROLES: readonly Role[] = ["viewer", "operator", "trader", "admin"];
/** Who sits at the machine itself. */
export const TERMINAL_USER = "terminal:local";
/** Users of one person that may stand behind one another; more are not linked. */
export const LINKS_MAX = 10;

type Links = ReadonlyMap<string, string>;

/** What rights follow from: the desk's grants and the owners named by the process, by person. */
export interface People {
  readonly grants: readonly Grant[];
  readonly owners: ReadonlySet<string>;
  readonly links: Links;
  readonly locked: ReadonlySet<string>;
  /** The most that a program may do in the name of its person, by the program's user. */
  readonly caps: ReadonlyMap<string, Role>;
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

/** Who may do what, with every user replaced by the person that they are linked to. `owners` are the users that the process names as admins. */
export function peopleOf(state: Pick<DeskState, "grants" | "links" | "locked" | "tokens">, owners: ReadonlySet<string>): People {
  const { links } = state;
  const person = (user: string) => personOf(links, user);
  return {
    grants: links.size === 0 ? state.grants : state.grants.map((grant) => ({ ...grant, user: person(grant.user) })),
    owners: links.size === 0 ? owners : new Set([...owners].map(person)),
    links,
    locked: new Set(state.locked.map(person)),
    caps: new Map([...state.tokens.values()].map(({ name, role }) => [apiUser(name), role])),
  };
}

/** The one user that a person is known by, whichever of their linked users asks. One that is linked to itself stands alone. */
export function personOf(links: Links, user: string): string {
  let person = user;
  for (let steps = 0; steps < LINKS_MAX; steps++) {
    const next = links.get(person);
    if (next === undefined || next === person) break;
    person = next;
  }
  return person;
}

/** Whether two users are linked to one person, directly or over others. */
export function samePerson(links: Links, one: string, other: string): boolean {
  return one === other || personOf(links, one) === personOf(links, other);
}

/** Whether a person's rights are ended, whichever of their linked users asks. Who sits at the machine is never locked out of it. */
export function isLocked({ locked, links }: People, user: string): boolean {
  return user !== TERMINAL_USER && locked.has(personOf(links, user));
}

/** Whether a role allows what another one does; nobody without a role is allowed anything. */
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

/** Only a program can be linked to who sits at the machine. */
function isAlwaysAdmin({ owners, links }: People, { user }: Asker): boolean {
  const person = personOf(links, user);
  return person === TERMINAL_USER || owners.has(person);
}

/** What a person holds, as far as this user of theirs may use it. */
function capped({ caps }: People, { user }: Asker, role: Role | undefined): Role | undefined {
  const cap = caps.get(user);
  return cap !== undefined && atLeast(role, cap) ? cap : role;
}

/** The role on everything, as it counts at that place. */
export function deskRole(people: People, asker: Asker): Role | undefined {
  if (isLocked(people, asker.user)) return undefined;
  return capped(people, asker, uncappedRole(people, asker));
}

function uncappedRole(people: People, asker: Asker): Role | undefined {
  if (isAlwaysAdmin(people, asker)) return "admin";
  const person = personOf(people.links, asker.user);
  const held = people.grants.filter(({ user }) => user === person);
  return highest(
    held.map(({ role, scope }) => {
      if (scope === "desk") return role;
      return asker.place !== undefined && scope === `place:${asker.place}` ? below(role) : undefined;
    }),
  );
}

/**
 * The role on each bot: by the desk, by the bot, by its group, or as its owner. An owner acts as trader while they hold any grant. What does not depend on the bot is looked up
 * once, for grants and bots may be many.
 */
export function rolesOn(people: People, asker: Asker): (bot: Named) => Role | undefined {
  if (isLocked(people, asker.user)) return () => undefined;
  const person = personOf(people.links, asker.user);
  const held = Map.groupBy(
    people.grants.filter(({ user }) => user === person),
    ({ scope }) => scope,
  );
  const byDesk = deskRole(people, asker);
  const asOwner: Role | undefined = holdsAny(people, asker) ? "trader" : undefined;
  const by = (scope: string) => (held.get(scope) ?? []).map(({ role }) => below(role));
  return ({ name, group, owner }) => {
    const owned = asOwner && personOf(people.links, owner) === person ? asOwner : undefined;
    const named = held.size === 0 ? [] : [...by(`bot:${name}`), ...(group === undefined ? [] : by(`group:${group}`))];
    return capped(people, asker, highest([byDesk, owned, ...named]));
  };
}

/** Whether the person may see a bot: with any role on it. */
export function seesBot(people: People, asker: Asker): (bot: Named) => boolean {
  const roleOf = rolesOn(people, asker);
  return (bot) => atLeast(roleOf(bot), "viewer");
}

/** Whether the person may see the accounts of an owner: with any role on the desk, or as that owner while they hold any grant. */
export function seesAccountOf(people: People, asker: Asker): (owner: string) => boolean {
  if (atLeast(deskRole(people, asker), "viewer")) return () => true;
  if (!holdsAny(people, asker)) return () => false;
  return (owner) => samePerson(people.links, owner, asker.user);
}

/** Those of the bots that the person may see. */
export function visibleBots<Bot extends { readonly state: { readonly spec: Named } }>(
  people: People,
  asker: Asker,
  bots: readonly Bot[],
): readonly Bot[] {
  const sees = seesBot(people, asker);
  return bots.filter(({ state }) => sees(state.spec));
}

/** Those of the accounts that the person may see. */
export function visibleAccounts<Account extends { readonly state: { readonly owner: string } }>(
  people: People,
  asker: Asker,
  accounts: readonly Account[],
): readonly Account[] {
  const sees = seesAccountOf(people, asker);
  return accounts.filter(({ state }) => sees(state.owner));
}

/** Whether the person holds any grant, wherever it counts. */
export function holdsAnywhere(people: People, user: string): boolean {
  const person = personOf(people.links, user);
  return isAlwaysAdmin(people, { user, place: undefined }) || people.grants.some((grant) => grant.user === person);
}

/** Whether the person holds any grant that counts at that place. */
export function holdsAny(people: People, asker: Asker): boolean {
  if (isLocked(people, asker.user)) return false;
  if (isAlwaysAdmin(people, asker)) return true;
  const person = personOf(people.links, asker.user);
  return people.grants.some(
    ({ user, scope }) =>
      user === person && (!scope.startsWith("place:") || (asker.place !== undefined && scope === `place:${asker.place}`)),
  );
}
