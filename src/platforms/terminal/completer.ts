import { oneLine } from "../../domain/visible-text.ts";
import type { ArgInfo, CommandInfo, FrontDoor } from "../../ports/platform.ts";
import { type Choices, picked } from "./choices.ts";
import { USER } from "./conversation.ts";
import { OWN_WORDS } from "./spoken.ts";

/** What may stand in place of the last typed part, and that part: what readline wants to hear. */
export type Completed = [readonly string[], string];

const OFFERED_MAX = 50;

/** Completes command paths word by word, then argument names and their values; where something was asked, its choices too. */
export async function completed(line: string, door: FrontDoor, choices: Choices | undefined): Promise<Completed> {
  const typed = line.trimStart().replace(/^\//, "");
  const info = commandOf(typed, door.catalog());
  const [offers, part] = info ? await argumentOffers(typed, info, door) : pathOffers(typed, door.catalog());
  const asked = choices === undefined || choices.kind === "next" ? [] : choices.items.map(({ label }) => oneLine(label));
  const labels = asked.filter((label) => label.toLowerCase().startsWith(typed.toLowerCase()));
  // A label stands for the whole line; both kinds at once would replace different parts of it.
  if (labels.length > 0 && (choices && picked(choices, typed)) === undefined) return [labels, typed];
  return [[...new Set(offers)].slice(0, OFFERED_MAX), part];
}

/** The command whose path is typed whole, with something after it. */
function commandOf(typed: string, catalog: readonly CommandInfo[]): CommandInfo | undefined {
  const words = typed.toLowerCase().replace(/\s+/g, " ");
  return catalog.filter(({ path }) => words.startsWith(`${path} `)).sort((a, b) => b.path.length - a.path.length)[0];
}

function pathOffers(typed: string, catalog: readonly CommandInfo[]): Completed {
  const words = typed.split(/\s+/);
  const part = words.at(-1) ?? "";
  const before = words.slice(0, -1).map((word) => word.toLowerCase());
  const own = before.length === 0 ? OWN_WORDS.map((word) => [word]) : [];
  const offers = [...catalog.map(({ path }) => path.split(" ")), ...own]
    .filter((path) => before.every((word, index) => path[index] === word))
    .map((path) => path[before.length])
    .filter((word) => word?.startsWith(part.toLowerCase()) === true);
  return [[...new Set(offers)].sort().map((word) => `${word} `), part];
}

async function argumentOffers(typed: string, info: CommandInfo, door: FrontDoor): Promise<Completed> {
  const part = /\S*$/.exec(typed)?.[0] ?? "";
  const parsed = door.parse(typed.slice(0, typed.length - part.length));
  const args = "path" in parsed ? parsed.args : {};
  const named = /^([a-z][a-z0-9_]*):(.*)$/i.exec(part);
  const asked = named && info.args.find(({ name }) => name.toLowerCase() === named[1]?.toLowerCase());
  if (asked) {
    const values = await valuesOf(asked, { path: info.path, typed: named[2] ?? "", args }, door);
    return [values.map((value) => `${asked.name}:${written(value)} `), part];
  }
  const open = info.args.filter(({ name }) => !Object.hasOwn(args, name));
  const names = open.filter(({ name }) => name.toLowerCase().startsWith(part.toLowerCase())).map(({ name }) => `${name}:`);
  const first = open.find(({ required }) => required);
  const values = first ? await valuesOf(first, { path: info.path, typed: part, args }, door) : [];
  return [[...values.map((value) => `${written(value)} `), ...names], part];
}

interface Asked {
  readonly path: string;
  readonly typed: string;
  readonly args: Readonly<Record<string, string>>;
}

async function valuesOf(arg: ArgInfo, { path, typed, args }: Asked, door: FrontDoor): Promise<readonly string[]> {
  const fixed = arg.kind === "flag" ? ["yes", "no"] : arg.choices;
  const known = arg.completes ? await door.complete(path, arg.name, typed, USER.id, args).catch(() => []) : [];
  const values = known.length > 0 ? known.map(({ value }) => oneLine(value)) : [...fixed];
  // Readline puts the offers in place of what was typed, so only those that go on from it fit.
  return values.filter((value) => value.toLowerCase().startsWith(typed.toLowerCase()));
}

function written(value: string): string {
  return /\s/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value;
}
