import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";
import { table } from "./table.ts";

/** Every parameter of every strategy with its default, from the strategies' own declarations. */
export function strategyTable(): string {
  const rows = strategyNames().flatMap((name) => {
    const { params } = strategyNamed(name);
    const presets = params.parse({});
    return Object.entries(params.shape).map(([param, schema]) => [
      `\`${name}\``,
      `\`${param}\``,
      String(presets[param]),
      descriptionOf(schema),
    ]);
  });
  return table(["strategy", "parameter", "unless given", "what it is"], rows);
}

/** One line per strategy: its name and what it does. */
export function strategySummaries(): string {
  return table(
    ["strategy", "what it does"],
    strategyNames().map((name) => [`\`${name}\``, `${strategyNamed(name).summary}.`]),
  );
}

function descriptionOf(schema: object): string {
  return "description" in schema && typeof schema.description === "string" ? schema.description : "";
}
