import type { BotFacts } from "../ports/engine.ts";
import type { Request } from "../ports/platform.ts";
import {
  type Asker,
  deskRole,
  holdsAny,
  holdsAnywhere,
  type People,
  personOf,
  samePerson,
  visibleAccounts,
  visibleBots,
} from "./access.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import type { Args, Call } from "./command.ts";
import type { DoorOptions } from "./door-options.ts";
import type { Identity } from "./identity.ts";

/** All bots of the desk, and those of them that a request names. */
export type Meant = Readonly<Record<"all" | "bots", readonly BotFacts[]>>;

/** What makes and breaks the identity of whoever asks. */
export type Proofs = Omit<Identity, "person" | "holdsRights" | "hasSomething">;

/** How a command speaks back while it runs. */
export type Voice = Pick<Call<Args>, "record" | "progress" | "secretForm">;

export interface CallParts {
  readonly options: DoorOptions;
  readonly catalog: readonly CatalogEntry[];
  readonly people: People;
  readonly proofs: Proofs;
  readonly voice: Voice;
}

/** Whose rights a request is judged by: its user, at its place. */
export function askerOf({ user, place }: Request): Asker {
  return { user: user.id, place: place.id };
}

/** What a command gets to see and do for one request: nothing that the one who asks may not see. */
export function callOf(
  request: Request,
  args: Args,
  { all, bots }: Meant,
  { options, catalog, people, proofs, voice }: CallParts,
): Call<Args> {
  const { engine, desk, strategies, backtests, clock, claim, shenron, limits, timeZone, version, platforms, backings } = options;
  const asker = askerOf(request);
  const role = deskRole(people, asker);
  const { id: requestId, user, place } = request;
  const person = personOf(people.links, user.id);
  const isTheirs = (owner: string) => samePerson(people.links, owner, person);
  return {
    args,
    bots,
    visible: visibleBots(people, asker, all),
    accounts: visibleAccounts(people, asker, engine.accounts()),
    engine,
    desk,
    strategies,
    backtests,
    clock,
    claim,
    shenron,
    limits,
    timeZone,
    version,
    platforms: platforms(),
    backings,
    catalog,
    user,
    place,
    role,
    identity: {
      person,
      holdsRights: holdsAny(people, asker),
      hasSomething:
        holdsAnywhere(people, user.id) ||
        all.some(({ state }) => isTheirs(state.spec.owner)) ||
        engine.accounts().some(({ state }) => isTheirs(state.owner)),
      ...proofs,
    },
    caller: { requestId, user: person },
    callerFor: (effect) => ({ requestId: `${requestId}/${effect}`, user: person }),
    ...voice,
  };
}
