import { isApiUser } from "../../src/chat/api-tokens.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { personText } from "../../src/chat/person-text.ts";
import { card } from "../../src/chat/view.ts";
import { type ApiToken, apiUser } from "../../src/domain/desk-facts.ts";
import { minuteText } from "../../src/domain/time.ts";

export default defineCommand({
  summary: "Shows who holds which role",
  role: "admin",
  readOnly: true,
  private: true,
  args: {},
  run({ desk, user: asker, clock }) {
    const { grants, links, locked, tokens } = desk.state;
    const linked = [...links]
      .filter(([user, to]) => user !== to && !isApiUser(user))
      .map(([user, to]) => `${user} is the same person as ${to}.`);
    const answer = card(grants.length === 1 ? "1 role is granted" : `${grants.length} roles are granted`)
      .line("The terminal and the owners that the process names are always admins.")
      .line(...linked)
      .line(...[...tokens.values()].map((token) => tokenText(token, links.get(apiUser(token.name)) ?? "nobody", clock.wall())))
      .line(locked.length === 0 ? undefined : `Locked, with everything linked to them: ${locked.join(", ")}. \`access unlock\` ends that.`);
    return grants.length === 0
      ? answer
      : answer.table(
          ["Person", "Role", "Scope"],
          grants.map(({ user, role, scope }) => [personText(user, asker), role, scope]),
        );
  },
});

function tokenText({ name, role, expiresMs }: ApiToken, person: string, nowMs: number): string {
  const life = expiresMs <= nowMs ? "expired" : `until ${minuteText(expiresMs)} UTC`;
  return `Token api:${name}: at most ${role} in the name of ${person}, ${life}.`;
}
