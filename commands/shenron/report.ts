import { defineCommand } from "../../src/chat/command.ts";
import { shenronCard, shenronOf } from "../../src/chat/shenron-card.ts";

export default defineCommand({
  summary: "Reports to the AI service now, without waiting for its next turn",
  role: "operator",
  readOnly: true,
  args: {},
  run: async ({ shenron }) => shenronCard(await shenronOf(shenron).report()),
});
