import { personOf, samePerson } from "../../src/chat/access.ts";
import { scope as scopeArg, userId } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { personText } from "../../src/chat/person-text.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Takes a person's roles away",
  role: "admin",
  args: {
    user: userId.describe("Whose, as discord:123456789 or telegram:123456789"),
    scope: scopeArg.describe("Which of them: desk, here, bot:NAME, group:NAME, place:PLACE or all").prefault("all"),
  },
  run({ args, place, user, desk, record }) {
    const scope = args.scope === "here" ? `place:${place.id}` : args.scope;
    const { links, locked } = desk.state;
    // What is linked to somebody else stands alone from now on, so that a lost account can be cut off.
    const isLinked = scope === "all" && personOf(links, args.user) !== args.user;
    const held = desk.state.grants.filter((grant) => grant.user === args.user && (scope === "all" || grant.scope === scope));
    if (held.length === 0 && !isLinked) throw new UserError(`${args.user} holds no such role. \`access list\` shows who holds what.`);
    record({ type: "access-revoked", user: args.user, scope, by: user.id });
    if (isLinked) {
      // Cut off from a locked person it stays locked: nobody gets rights back by losing some.
      if (locked.some((each) => samePerson(links, each, args.user))) record({ type: "access-locked", user: args.user, by: user.id });
      record({ type: "user-linked", user: args.user, to: args.user, by: user.id });
    }
    return card(`${personText(args.user, user)} lost ${held.length === 1 ? "1 role" : `${held.length} roles`}`)
      .good()
      .fields({ Scope: scope, Link: isLinked ? `no longer the person of ${personOf(links, args.user)}` : undefined });
  },
});
