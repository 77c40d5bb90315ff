import { strategyName } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Explains a strategy and its parameters",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { strategy: strategyName.describe("Which strategy") },
  run({ args, strategies }) {
    const { name, summary, params, rules } = strategies.strategyNamed(args.strategy);
    const presets = params.safeParse({}).data ?? {};
    const rows = Object.entries(params.shape).map(([param, schema]) => {
      const described = "description" in schema && typeof schema.description === "string" ? schema.description : "";
      return [param, String(presets[param] ?? "-"), described];
    });
    const example = Object.entries(presets).map(([param, value]) => `${param}=${String(value)}`);
    return card(name)
      .line(
        `${summary}.`.replace(/\.\.$/, "."),
        rules && `It is two rules with a name. Buys when \`${rules.enter}\`, sells when \`${rules.exit}\`.`,
        `For example: \`bot create strategy:${name} params:"${example.join(" ")}"\``,
      )
      .table(["Parameter", right("Unless given"), "What it is"], rows)
      .button("Create a bot", `bot create strategy:${name}`, "primary");
  },
});
