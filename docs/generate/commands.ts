import { catalogOf } from "../../src/chat/arg-info.ts";
import type { Commands } from "../../src/chat/command.ts";
import { table } from "./table.ts";

/** The command table of the README: what each command does, who may use it, and a line that works as typed. */
export function commandTable(commands: Commands): string {
  const rows = catalogOf(commands).map(({ path, summary, example }) => [
    `\`${path}\``,
    `${summary}`,
    commands.get(path)?.role ?? "",
    `\`${example}\``,
  ]);
  return table(["command", "what it does", "least role", "for example"], rows);
}
