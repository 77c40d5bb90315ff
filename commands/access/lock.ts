import { atLeast, personOf, samePerson, TERMINAL_USER } from "../../src/chat/access.ts";
import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { flag, userId } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { personText } from "../../src/chat/person-text.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Ends your rights at once, on every linked platform; an admin ends anybody's",
  role: "viewer",
  partial: true,
  rerun: true,
  args: {
    user: userId.describe("Whose; yours when not given").optional(),
    panic: flag.describe("Sell every position as well").prefault("no"),
  },
  async run({ args, user, role, desk, engine, record, callerFor }) {
    // A leaked token of a viewer must not end its owner's means to stop trading.
    refuseProgram(user.id, "access lock");
    const { links } = desk.state;
    const target = args.user ?? user.id;
    const isSelf = samePerson(links, target, user.id);
    if (target === TERMINAL_USER)
      throw new UserError("The terminal cannot be locked. Name the person: `access lock user:telegram:123456789`.");
    if (!isSelf && !atLeast(role, "admin"))
      throw new UserError("Only an admin locks somebody else. `access lock` without a user locks you.");
    if (args.panic && !atLeast(role, "operator")) throw new UserError("A panic needs the role operator; send `access lock` alone.");
    if (args.panic) await engine.panic(`access lock by ${user.id}`, callerFor("panic"));
    record({ type: "access-locked", user: personOf(links, target), by: user.id });
    const answer = card(`${personText(target, user)} is locked`)
      .warning()
      .line(
        "Every right is gone at once, on each linked account, and what waited for a confirmation or an approval is over.",
        args.panic
          ? "Entries are denied and every position is being sold."
          : "The bots keep running and their positions stay protected. `panic` stops and sells everything.",
        "Only an admin who is somebody else, or the desk's terminal, can undo this: `access unlock`.",
      );
    if (args.panic) return answer;
    return isSelf
      ? answer.line("You can no longer panic yourself: next time `access lock panic:yes` does both.")
      : answer.button("Panic", "panic", "danger");
  },
});
