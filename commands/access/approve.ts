import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { approvalCode } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Approves, from another platform or the terminal, what you asked for elsewhere",
  role: "viewer",
  partial: true,
  args: {
    code: approvalCode,
  },
  run({ args, identity, user }) {
    refuseProgram(user.id, "access approve");
    const waiting = identity.factors.approve(args.code, user.id);
    return card("Approved")
      .good()
      .line(`\`${waiting.line}\``, `Asked for by ${waiting.user} at ${waiting.place}: press Continue there.`, "Was that not you? Deny it.")
      .button("Deny", `access deny code:${args.code}`, "danger");
  },
});
