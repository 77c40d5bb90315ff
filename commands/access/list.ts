import { defineCommand } from "../../src/chat/command.ts";
import { personText } from "../../src/chat/person-text.ts";
import { card } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Shows who holds which role",
  role: "admin",
  readOnly: true,
  private: true,
  args: {},
  run({ desk, user: asker }) {
    const { grants } = desk.state;
    const answer = card(grants.length === 1 ? "1 role is granted" : `${grants.length} roles are granted`).line(
      "The terminal and the owners that the process names are always admins.",
    );
    return grants.length === 0
      ? answer
      : answer.table(
          ["Person", "Role", "Scope"],
          grants.map(({ user, role, scope }) => [personText(user, asker), role, scope]),
        );
  },
});
