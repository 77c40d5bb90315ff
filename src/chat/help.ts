import { UserError } from "../domain/errors.ts";
import type { ArgInfo } from "../ports/platform.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import { parseLine } from "./line.ts";
import { type Card, card } from "./view.ts";

/** All commands by their noun. */
export function overview(catalog: readonly CatalogEntry[]): Card {
  const verbs = new Map<string, string[]>();
  for (const { path } of catalog) {
    const [noun = "", verb] = path.split(" ");
    verbs.set(noun, [...(verbs.get(noun) ?? []), ...(verb === undefined ? [] : [verb])]);
  }
  return card("What you can type")
    .line(...[...verbs].map(([noun, list]) => (list.length === 0 ? `\`${noun}\`` : `\`${noun}\` ${list.join(", ")}`)))
    .line("`bot create` asks for all it needs. `help bot create` explains one command. `panic` closes everything at once.")
    .button("Create a bot", "bot create", "primary")
    .button("Bots", "bot list");
}

/** One command with its arguments and an example. */
export function explain(about: string, catalog: readonly CatalogEntry[]): Card {
  const line = parseLine(about, catalog);
  const info = "path" in line ? catalog.find(({ path }) => path === line.path) : undefined;
  if (info) return explained(info);
  const ofNoun = catalog.filter(({ path }) => path.split(" ")[0] === about.trim().replace(/^\//, "").toLowerCase());
  if (ofNoun.length === 0)
    throw new UserError("problem" in line ? [line.problem.title, ...line.problem.lines].join(". ") : "There is no such command.");
  return card(`\`${about.trim()}\` commands`).line(...ofNoun.map(({ path, summary }) => `\`${path}\`: ${summary}.`));
}

function explained({ path, summary, args, example }: CatalogEntry): Card {
  const answer = card(path).line(`${summary}.`);
  if (args.length === 0) return answer.line(`Type \`${path}\`.`);
  const required = args.filter((arg) => arg.required);
  const optional = args.filter((arg) => !arg.required);
  return answer
    .line(...required.map(lineOf), required.length > 0 && optional.length > 0 ? "If you like:" : undefined, ...optional.map(lineOf))
    .line(`For example: \`${example}\``);
}

function lineOf({ name, summary, choices }: ArgInfo): string {
  return `\`${name}\`: ${summary}${choices.length === 0 ? "" : ` (${choices.join(", ")})`}.`;
}
