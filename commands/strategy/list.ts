import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

/** Most strategies that get a button. */
const BUTTONS_MAX = 10;

export default defineCommand({
  summary: "Shows the strategies that bots may follow",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ strategies }) {
    const names = strategies.strategyNames();
    const answer = card(`${names.length} strategies`).table(
      ["Strategy", "What it does"],
      names.map((name) => [name, strategies.strategyNamed(name).summary]),
    );
    for (const name of names.slice(0, BUTTONS_MAX)) answer.button(name, `strategy show ${name}`);
    return answer;
  },
});
