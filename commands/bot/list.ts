import { botTable } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

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
    return botTable(`${visible.length === 1 ? "1 bot" : `${visible.length} bots`}, ${running} running`, visible, engine);
  },
});
