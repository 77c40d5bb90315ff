import { defineCommand } from "../../src/chat/command.ts";
import { shenronCard, shenronOf } from "../../src/chat/shenron-card.ts";

export default defineCommand({
  summary: "Shows whether the AI service answers, and what it has not been told",
  role: "viewer",
  readOnly: true,
  args: {},
  run: ({ shenron }) => shenronCard(shenronOf(shenron).status()),
});
