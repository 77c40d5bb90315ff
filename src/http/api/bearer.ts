import type { FastifyRequest } from "fastify";
import { type Asker, holdsAny, type People, peopleOf } from "../../chat/access.ts";
import { API_PLATFORM, tokenFrom } from "../../chat/api-tokens.ts";
import { type ApiToken, apiUser } from "../../domain/desk-facts.ts";
import type { Place, Request } from "../../ports/platform.ts";
import type { Observed } from "./observed.ts";
import { ApiProblem } from "./problem.ts";
import type { Rate } from "./rate.ts";

const HASH_SHOWN = 8;
const CHALLENGE = { "www-authenticate": 'Bearer realm="desk"' };

/** Who a request comes from: the program behind a token, as a user at a place of its own. */
export interface Bearer {
  readonly user: Request["user"];
  readonly place: Place;
  /** Begins the ids of its requests; another token of the same name has another one. */
  readonly idPrefix: string;
}

declare module "fastify" {
  interface FastifyRequest {
    bearer: Bearer | undefined;
  }
  interface FastifyContextConfig {
    /** Needs no token. */
    open?: boolean;
  }
}

/** The bearer of a request; undefined where it sends no token. Throws a 401 for a wrong or expired one. */
export function bearerOf(request: FastifyRequest, door: Observed, wrong: Rate): Bearer | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  const [, sent] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization) ?? [];
  const { desk, clock } = door.options;
  const found = sent === undefined ? undefined : tokenFrom(sent, desk.state.tokens, clock.wall());
  if (found && !found.expired) {
    const { name } = found.token;
    const user = apiUser(name);
    return { user: { id: user, name }, place: { platform: API_PLATFORM, id: user, direct: true }, idPrefix: prefixOf(found.token) };
  }
  wrong.take(request.ip);
  const remedy = "An admin makes one in chat with `access token`.";
  throw new ApiProblem(401, found ? `This token has expired. ${remedy}` : `This token is not known here. ${remedy}`, CHALLENGE);
}

/** Whether the token of a bearer that was let in before has neither expired nor been taken away since. */
export function isStillKnown({ user, idPrefix }: Bearer, { options: { desk, clock } }: Observed): boolean {
  const token = desk.state.tokens.get(user.name);
  return token !== undefined && prefixOf(token) === idPrefix && token.expiresMs > clock.wall();
}

function prefixOf({ name, hash }: Pick<ApiToken, "name" | "hash">): string {
  return `${apiUser(name)}:${hash.slice(0, HASH_SHOWN)}:`;
}

/** The 401 for a request that carries no token, with the header that says which kind is wanted. */
export function noToken(): ApiProblem {
  return new ApiProblem(401, "Send a token as `Authorization: Bearer ...`. An admin makes one in chat with `access token`.", CHALLENGE);
}

/** What the bearer may see; a bearer without any right is refused, and the audit says so. */
export async function sightOf(request: FastifyRequest, door: Observed, path: string): Promise<{ people: People; asker: Asker }> {
  const bearer = bearerIn(request);
  const { desk, owners } = door.options;
  const people = peopleOf(desk.state, owners);
  const asker = { user: bearer.user.id, place: bearer.place.id };
  if (holdsAny(people, asker)) return { people, asker };
  const { title } = await door.denials.deny({ path, user: bearer.user, place: bearer.place }, false);
  throw new ApiProblem(403, title);
}

/** The program that a request was admitted as. Throws a 401 where none was. */
export function bearerIn({ bearer }: FastifyRequest): Bearer {
  if (!bearer) throw noToken();
  return bearer;
}
