import { exampleOf, FUNCTIONS } from "../../src/rules/functions.ts";
import { KIND_WORDS } from "../../src/rules/kinds.ts";
import { table } from "./table.ts";

/** Every indicator that rules may name, from the language's own table. */
export function ruleFunctions(): string {
  return table(
    ["indicator", "lines", "is", "what it says"],
    FUNCTIONS.map((known) => {
      const named = known.lines.filter(({ name }) => name !== "value");
      const lines = named.map(({ name }) => `\`.${name}\``).join(" ");
      return [`\`${exampleOf(known)}\``, lines, KIND_WORDS[known.lines[0]!.kind], `${known.summary}.`];
    }),
  );
}
