import { oneLine } from "../../domain/visible-text.ts";
import type { ArgInfo, CommandInfo } from "../../ports/platform.ts";
import { cut } from "./text.ts";

/** An option or subcommand as Discord takes it. */
export interface OptionBody {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly { readonly name: string; readonly value: string }[];
  readonly autocomplete?: true;
  readonly options?: readonly OptionBody[];
}

export interface CommandBody {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionBody[];
  /** Where it is offered. */
  readonly contexts: readonly number[];
  /** How the bot is brought there. */
  readonly integration_types: readonly number[];
}

/** Servers and the bot's own direct messages; chats of several people without a server know no members whom a role could be given. */
const OFFERED = { contexts: [0, 1], integration_types: [0] } as const;

/** Discord's limit on choices and suggestions, options, and text. */
export const CHOICES_MAX = 25;
const OPTIONS_MAX = 25;
export const SUGGESTION_TEXT_MAX = 100;
/** Descriptions give way when a noun with many verbs would exceed what one command may hold. */
const DESCRIPTION_MAX_STEPS = [100, 50, 20] as const;
const COMMAND_TEXT_MAX = 8_000;
const SUBCOMMAND = 1;
const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const NUMBER = 10;
const TYPE_OF = { text: STRING, choice: STRING, integer: INTEGER, number: NUMBER, flag: BOOLEAN } as const;

/** One slash command per noun with its verbs as subcommands; a lone word is a command of its own. */
export function commandSet(catalog: readonly CommandInfo[]): CommandBody[] {
  const nouns = new Map<string, CommandInfo[]>();
  for (const command of catalog) {
    const noun = command.path.split(" ")[0] ?? "";
    nouns.set(noun, [...(nouns.get(noun) ?? []), command]);
  }
  return [...nouns].map(([noun, commands]) => {
    const bodies = DESCRIPTION_MAX_STEPS.map((max) => commandBody(noun, commands, max));
    return bodies.find((body) => textSize(body) <= COMMAND_TEXT_MAX) ?? commandBody(noun, commands, 1);
  });
}

function commandBody(noun: string, commands: readonly CommandInfo[], descriptionMax: number): CommandBody {
  const [first] = commands;
  if (first !== undefined && first.path === noun)
    return { name: noun, description: described(first.summary, noun, descriptionMax), options: options(first, descriptionMax), ...OFFERED };
  const verbs = commands.map((command) => command.path.split(" ")[1] ?? "");
  return {
    name: noun,
    description: described(`${noun}: ${verbs.join(", ")}`, noun, descriptionMax),
    options: commands.slice(0, OPTIONS_MAX).map((command, index) => ({
      type: SUBCOMMAND,
      name: verbs[index] ?? "",
      description: described(command.summary, command.path, descriptionMax),
      options: options(command, descriptionMax),
    })),
    ...OFFERED,
  };
}

function textSize({ name, description, choices = [], options = [] }: Omit<OptionBody, "type">): number {
  const own = name.length + description.length;
  const offered = choices.reduce((sum, choice) => sum + choice.name.length + choice.value.length, 0);
  return options.reduce((sum, option) => sum + textSize(option), own + offered);
}

/** Whether what is registered says the same as what we would register: ids, versions, nulls and defaults aside. */
export function isRegistered(registered: unknown, wanted: readonly CommandBody[]): boolean {
  return JSON.stringify(comparable(registered)) === JSON.stringify(comparable(wanted));
}

/** The suggestions among fixed choices that are too many for Discord's own list. */
export function choicesLike(argument: ArgInfo, typed: string): string[] {
  const wanted = typed.toLowerCase();
  return argument.choices.filter((choice) => choice.toLowerCase().includes(wanted));
}

/** Nothing is required at Discord: what is missing is asked for with buttons. */
function options(command: CommandInfo, descriptionMax: number): OptionBody[] {
  return command.args.slice(0, OPTIONS_MAX).map((argument) => ({
    type: TYPE_OF[argument.kind],
    name: argument.name,
    description: described(argument.summary, argument.name, descriptionMax),
    ...offered(argument),
  }));
}

function offered({ kind, choices, completes }: ArgInfo): Pick<OptionBody, "choices" | "autocomplete"> {
  if (kind === "flag") return {};
  const isText = TYPE_OF[kind] === STRING;
  if (isText && choices.length > 0 && choices.length <= CHOICES_MAX)
    return { choices: choices.map((choice) => ({ name: cut(choice, SUGGESTION_TEXT_MAX), value: choice })) };
  return completes || (isText && choices.length > 0) ? { autocomplete: true } : {};
}

function described(summary: string, fallback: string, max: number): string {
  const text = oneLine(summary);
  return cut(text === "" ? fallback : text, max);
}

function comparable(commands: unknown): unknown {
  const list = Array.isArray(commands) ? commands.map((command) => meaningOf(command)) : [];
  return list.sort((left, right) => String(left.name).localeCompare(String(right.name)));
}

function meaningOf(part: unknown): Record<string, unknown> {
  const facts = new Map<string, unknown>(typeof part === "object" && part !== null ? Object.entries(part) : []);
  const list = (key: string): unknown[] => {
    const value = facts.get(key);
    return Array.isArray(value) ? value : [];
  };
  return {
    name: facts.get("name"),
    type: facts.get("type") ?? 1,
    description: facts.get("description"),
    required: facts.get("required") === true,
    autocomplete: facts.get("autocomplete") === true,
    choices: list("choices").map((choice) => meaningOfChoice(choice)),
    options: list("options").map((option) => meaningOf(option)),
    contexts: list("contexts").sort(),
    integration_types: list("integration_types").sort(),
  };
}

function meaningOfChoice(choice: unknown): unknown {
  const facts = new Map<string, unknown>(typeof choice === "object" && choice !== null ? Object.entries(choice) : []);
  return [facts.get("name"), facts.get("value")];
}
