import { samePerson } from "../../src/chat/access.ts";
import { userId } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { personText } from "../../src/chat/person-text.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Gives a locked person their rights back",
  role: "admin",
  factor: true,
  args: { user: userId.describe("Whose, as discord:123456789 or telegram:123456789") },
  run({ args, user, desk, record }) {
    const { state } = desk;
    const { links } = state;
    const theirs = state.locked.filter((each) => samePerson(links, each, args.user));
    if (theirs.length === 0) throw new UserError(`${args.user} is not locked. \`access list\` shows who is.`);
    for (const each of theirs) record({ type: "access-unlocked", user: each, by: user.id }, () => state.locked);
    return card(`${personText(args.user, user)} has their rights back`)
      .good()
      .line("Accounts that are still in the wrong hands: `access revoke` cuts them off first.");
  },
});
