import { personOf, TERMINAL_USER } from "../../src/chat/access.ts";
import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { duration, newName, role as roleArg, userId } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { minuteText, spanText } from "../../src/domain/time.ts";

export default defineCommand({
  summary: "Makes a token with which a program uses the API in a person's name; it is shown once",
  role: "admin",
  private: true,
  factor: true,
  // A viewer sees and an operator stops: neither can lose anybody's money.
  factorUnless: ({ args }) => !["trader", "admin"].includes(args.role),
  args: {
    name: newName.describe("What to call it, such as ci"),
    role: roleArg.describe("The most that it may do; never more than its person").prefault("viewer"),
    lasts: duration.describe("When it expires (at most 90d)").prefault("30d"),
    user: userId.describe("In whose name; yours when not given").optional(),
  },
  danger({ user }) {
    // What cannot be done is refused before anybody fetches a second factor for it.
    refuseProgram(user.id, "access token");
    return undefined;
  },
  run({ args, user, desk, identity, clock, record }) {
    refuseProgram(user.id, "access token");
    if (args.user === TERMINAL_USER && user.id !== TERMINAL_USER)
      throw new UserError("user: only who sits at the desk's terminal makes a token in its name; name a person, or leave it out.");
    const person = personOf(desk.state.links, args.user ?? user.id);
    const { token, event } = identity.tokens.issue({ ...args, user: person, lifeMs: args.lasts, by: user.id });
    record(event, () => desk.state.tokens.get(args.name));
    return card(`Token ${args.name} is made; it is shown once`)
      .good()
      .line(
        `\`${token}\``,
        "Send it as `Authorization: Bearer ...`. Whoever has it can do what it may; delete this message when you are done.",
      )
      .fields({
        Name: `api:${args.name}`,
        "In the name of": person,
        Role: `at most ${args.role}`,
        Expires: `${minuteText(clock.wall() + args.lasts)} UTC, in ${spanText(args.lasts)}`,
        "Take it away": `access revoke user:api:${args.name}`,
      });
  },
});
