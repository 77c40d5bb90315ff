import { personOf, samePerson } from "../../src/chat/access.ts";
import { API_PLATFORM, isApiUser } from "../../src/chat/api-tokens.ts";
import { scope as scopeArg, userOrToken } from "../../src/chat/args.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { personText } from "../../src/chat/person-text.ts";
import { type Card, card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Takes a person's roles away, or a program's token",
  role: "admin",
  args: {
    user: userOrToken.describe("Whose, as discord:123456789, telegram:123456789 or api:NAME"),
    scope: scopeArg.describe("Which of them: desk, here, bot:NAME, group:NAME, place:PLACE or all").prefault("all"),
  },
  run(call) {
    const { args, place, user, desk, record } = call;
    if (isApiUser(args.user)) return revokeToken(call);
    const scope = args.scope === "here" ? `place:${place.id}` : args.scope;
    const { links } = desk.state;
    // What is linked to somebody else stands alone from now on, so that a lost account can be cut off.
    const isLinked = scope === "all" && personOf(links, args.user) !== args.user;
    const held = desk.state.grants.filter((grant) => grant.user === args.user && (scope === "all" || grant.scope === scope));
    if (held.length === 0 && !isLinked) throw new UserError(`${args.user} holds no such role. \`access list\` shows who holds what.`);
    record({ type: "access-revoked", user: args.user, scope, by: user.id });
    if (isLinked) {
      // Cut off from a locked person it stays locked: nobody gets rights back by losing some.
      const isLocked = () => desk.state.locked.some((each) => samePerson(links, each, args.user));
      if (isLocked()) record({ type: "access-locked", user: args.user, by: user.id });
      record({ type: "user-linked", user: args.user, to: args.user, by: user.id }, isLocked);
    }
    return card(`${personText(args.user, user)} lost ${held.length === 1 ? "1 role" : `${held.length} roles`}`)
      .good()
      .fields({ Scope: scope, Link: isLinked ? `no longer the person of ${personOf(links, args.user)}` : undefined });
  },
});

function revokeToken({ args, user, desk, record }: Pick<Call<{ readonly user: string }>, "args" | "user" | "desk" | "record">): Card {
  const name = args.user.slice(API_PLATFORM.length + 1);
  if (!desk.state.tokens.has(name)) throw new UserError(`There is no token ${name}. \`access list\` shows which there are.`);
  record({ type: "token-revoked", name, by: user.id });
  return card(`Token ${name} no longer works`).good();
}
