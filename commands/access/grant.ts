import { role as roleArg, scope as scopeArg, userId } from "../../src/chat/args.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { personText } from "../../src/chat/person-text.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { Role } from "../../src/domain/events.ts";

export default defineCommand({
  summary: "Gives a person a role on the desk, a bot, a group or at a place",
  role: "admin",
  factor: true,
  // A viewer sees and an operator stops: neither can lose anybody's money.
  factorUnless: ({ args }) => !["trader", "admin"].includes(args.role),
  args: {
    user: userId.describe("Whose, as discord:123456789 or telegram:123456789"),
    role: roleArg.describe("viewer sees; operator halts, stops and closes; trader creates and starts; admin does all"),
    scope: scopeArg.describe("desk, here, bot:NAME, group:NAME or place:PLACE").prefault("desk"),
  },
  danger(call) {
    // What cannot be granted is refused before anybody fetches a second factor for it.
    scopeOf(call);
    return undefined;
  },
  run(call) {
    const { args, user, record } = call;
    const scope = scopeOf(call);
    // A bot that is deleted in the same moment takes its grants with it: a later one of its name must not inherit them.
    record({ type: "access-granted", user: args.user, role: args.role, scope, by: user.id }, () => scopeOf(call));
    return card(`${personText(args.user, user)} is ${args.role}`)
      .good()
      .fields({ Scope: scope });
  },
});

type GrantCall = Pick<Call<{ readonly role: Role; readonly scope: string }>, "args" | "place" | "engine">;

/** The scope of a grant. Throws UserError when nobody can hold that role there. */
function scopeOf({ args, place, engine }: GrantCall): string {
  const scope = args.scope === "here" ? `place:${place.id}` : args.scope;
  if (scope === "all") throw new UserError("scope: expected desk, here, bot:NAME, group:NAME or place:PLACE, found all; use desk.");
  if (args.role === "admin" && scope !== "desk")
    throw new UserError("An admin is admin of the whole desk: leave the scope out, or choose trader.");
  const [kind, name] = scope.split(":");
  const specs = engine.bots().map(({ state }) => state.spec);
  const known =
    kind === "bot" ? specs.some((spec) => spec.name === name) : kind === "group" ? specs.some((spec) => spec.group === name) : true;
  if (!known) throw new UserError(`scope: there is no ${kind} named ${name}. \`bot list\` shows what there is.`);
  return scope;
}
