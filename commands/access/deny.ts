import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { approvalCode } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Refuses what waits for an approval",
  role: "viewer",
  partial: true,
  args: {
    code: approvalCode,
  },
  run({ args, identity, user }) {
    refuseProgram(user.id, "access deny");
    const waiting = identity.factors.deny(args.code, user.id);
    return card("Denied")
      .good()
      .line(`\`${waiting.line}\``, `Asked for by ${waiting.user} at ${waiting.place}. It will not be done.`)
      .line("Was that not you? Somebody uses that account: lock it.")
      .button("Lock", `access lock user:${waiting.user}`, "danger");
  },
});
