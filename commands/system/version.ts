import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Shows which build this is",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run: ({ version, engine }) => card(`ScalpStorm ${version}`).line(`Market: ${engine.market().label}.`),
});
