import { commandPath } from "../src/chat/args.ts";
import { defineCommand } from "../src/chat/command.ts";
import { explain, overview } from "../src/chat/help.ts";

export default defineCommand({
  summary: "Shows all commands, or explains one",
  role: "anyone",
  readOnly: true,
  private: true,
  args: { about: commandPath.describe("Which command to explain").optional() },
  run: ({ args, catalog }) => (args.about === undefined ? overview(catalog) : explain(args.about, catalog)),
});
