import type { APIApplicationCommand } from "discord-api-types/v10";
import { type CommandOption, GROUP } from "../discord/command-book.ts";
import type { Suggestion } from "./shapes.ts";

/** A command that can be sent, with its whole path: `bot create`. */
export interface Command {
  readonly path: string;
  readonly description: string;
  readonly options: readonly CommandOption[];
}

export type AskForValues = (path: string, option: string) => Promise<readonly { readonly label: string; readonly value: string }[]>;

const SUGGESTIONS_MAX = 25;
const BOOLEAN = 5;
const VALUE_BEING_TYPED = /\s([\p{L}\p{N}_-]+):([^:]*(?::\S*)*)$/u;

/** Every command that a person can send, flat, out of what was registered. */
export function commandsOf(registered: readonly APIApplicationCommand[]): Command[] {
  return registered.flatMap(({ name, description, options }) => leaves(name, description, (options ?? []) as CommandOption[]));
}

function leaves(path: string, description: string, options: readonly CommandOption[]): Command[] {
  const below = options.filter(({ type }) => type <= GROUP);
  if (below.length === 0) return [{ path, description, options }];
  return below.flatMap((each) => leaves(`${path} ${each.name}`, each.description, each.options ?? []));
}

/** What may stand at the end of a line: a command, an option, or a value of the option that is being typed. */
export async function complete(line: string, commands: readonly Command[], ask: AskForValues): Promise<Suggestion[]> {
  if (!line.startsWith("/")) return [];
  const typed = line.slice(1);
  const command = commands.find(({ path }) => typed.startsWith(`${path} `));
  const found = command ? await insideOf(command, line, ask) : commandsLike(typed, commands);
  return found.slice(0, SUGGESTIONS_MAX);
}

function commandsLike(typed: string, commands: readonly Command[]): Suggestion[] {
  const wanted = typed.trimStart().toLowerCase();
  const offer = ({ path, description }: Command): Suggestion => ({ line: `/${path} `, label: `/${path}`, hint: description });
  const begun = commands.filter(({ path }) => path.startsWith(wanted));
  const alike = commands.filter((command) => !begun.includes(command) && command.path.includes(wanted));
  return [...begun, ...alike].map(offer);
}

async function insideOf({ path, options }: Command, line: string, ask: AskForValues): Promise<Suggestion[]> {
  const rest = line.slice(path.length + 1);
  const value = VALUE_BEING_TYPED.exec(rest);
  const option = options.find(({ name }) => name === value?.[1]);
  const isOver = / $/.test(value?.[2] ?? "") && value?.[2]?.trim() !== "";
  if (option && value && !isOver) {
    const start = line.slice(0, line.length - (value[2]?.length ?? 0));
    return valuesOf(option, path, value[2]?.trim() ?? "", start, ask);
  }
  const word = /(\S*)$/.exec(rest)?.[1] ?? "";
  const start = line.slice(0, line.length - word.length);
  return options
    .filter(({ name }) => name.startsWith(word.toLowerCase()) && !new RegExp(`\\s${name}:`).test(rest))
    .map(({ name, description }) => ({ line: `${start}${name}:`, label: `${name}:`, hint: description }));
}

async function valuesOf(option: CommandOption, path: string, typed: string, start: string, ask: AskForValues): Promise<Suggestion[]> {
  const fixed = option.type === BOOLEAN ? ["True", "False"] : (option.choices ?? []).map(({ name }) => name);
  const offer = (label: string, value: string): Suggestion => ({ line: `${start}${value} `, label, hint: option.name });
  if (option.autocomplete) return (await ask(path, option.name)).map(({ label, value }) => offer(label, value));
  return fixed.filter((name) => name.toLowerCase().includes(typed.toLowerCase())).map((name) => offer(name, name));
}
