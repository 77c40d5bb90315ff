import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";
import { spanText } from "../../src/domain/time.ts";
import type { Member } from "../../src/ports/cluster.ts";

const DESK = "desk";

export default defineCommand({
  summary: "Shows the processes of this desk: what each is there for, what it has, and whether it lives",
  role: "viewer",
  readOnly: true,
  args: {},
  async run({ engine, clock, accounts }) {
    const nodes = await engine.nodes();
    const living = nodes.filter(({ isGone }) => !isGone);
    const held = new Set(living.flatMap(({ streams }) => streams));
    const unplaced = accounts.map(({ state }) => state.account).filter((account) => !held.has(`account:${account}`));
    const answer = card(nodes.length === 1 ? "1 process" : `${nodes.length} processes`).table(
      ["Process", "Role", "Machine", "Version", right("Runs for"), right("Seen"), "Desk", right("Accounts")],
      nodes.map((node) => [
        node.name,
        node.role,
        `${node.host}, process ${node.pid}`,
        node.version,
        spanText(Math.max(0, clock.wall() - node.startedMs)),
        node.isGone ? "GONE" : `${spanText(node.renewedAgoMs)} ago`,
        node.streams.includes(DESK) ? "yes" : "-",
        String(accountsOf(node)),
      ]),
    );
    if (!living.some(({ role }) => role !== "gateway"))
      answer.line("No engine lives, so that nothing is traded: start a process with ROLE=engine.");
    else if (unplaced.length > 0)
      answer.line(
        `${unplaced.length === 1 ? "One account has" : `${unplaced.length} accounts have`} no process now; an engine takes what is free within seconds while Redis answers.`,
      );
    return unplaced.length === 0 && living.length === nodes.length ? answer.good() : answer.warning();
  },
});

function accountsOf({ streams }: Member): number {
  return streams.filter((stream) => stream !== DESK).length;
}
