import { botTable } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { type Card, card } from "../../src/chat/view.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { BotFacts } from "../../src/ports/engine.ts";

export default defineCommand({
  summary: "Shows the bots and what they hold",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ visible, engine }) {
    if (visible.length === 0)
      return card("There are no bots yet")
        .line("`bot create` makes one; it asks for all it needs.")
        .button("Create a bot", "bot create", "primary");
    const running = visible.filter(({ state }) => state.status === "running").length;
    return withNext(visible, botTable(`${visible.length === 1 ? "1 bot" : `${visible.length} bots`}, ${running} running`, visible, engine));
  },
});

/** At most three buttons: what is started, looked at or stopped next. */
function withNext(bots: readonly BotFacts[], answer: Card): Card {
  const running = bots.filter(({ state }) => state.status === "running");
  const idle = bots.find(({ state }) => state.status !== "running" && state.status !== "stopping");
  if (idle) answer.button(`Start ${idle.state.spec.name}`, `bot start ${idle.state.spec.name}`, "primary");
  if (bots.some(({ state }) => !isFlat(state.position))) answer.button("Positions", "position list");
  else answer.button("Create a bot", "bot create");
  const [only] = running;
  if (running.length > 1) return answer.button("Stop all", "bot stop all", "danger");
  return only ? answer.button(`Stop ${only.state.spec.name}`, `bot stop ${only.state.spec.name}`, "danger") : answer;
}
