import type { APIApplicationCommand } from "discord-api-types/v10";
import { ApiRefusal, invalidForm } from "./refusal.ts";
import type { World } from "./world.ts";

export interface CommandOption {
  type: number;
  name: string;
  description: string;
  required?: boolean;
  autocomplete?: boolean;
  choices?: { name: string; value: string | number }[];
  options?: CommandOption[];
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
  channel_types?: number[];
}

export interface CommandInput {
  type?: number | null;
  name: string;
  description?: string | null;
  options?: CommandOption[] | null;
  default_member_permissions?: string | number | null;
  contexts?: number[] | null;
  integration_types?: number[] | null;
  [more: string]: unknown;
}

export const SUBCOMMAND = 1;
export const GROUP = 2;
const CHAT_INPUT = 1;
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MOST_PER_KIND = { 1: 100, 2: 15, 3: 15 } as Record<number, number>;
const CREATES_PER_DAY = 200;
const DAY_MS = 86_400_000;

/** The commands that the application registered, globally and per server. */
export class CommandBook {
  readonly #world: World;
  readonly #byScope = new Map<string, APIApplicationCommand[]>();
  readonly #creates = new Map<string, number[]>();

  constructor(world: World) {
    this.#world = world;
  }

  list(guildId?: string): APIApplicationCommand[] {
    return this.#byScope.get(guildId ?? "") ?? [];
  }

  replace(guildId: string | undefined, inputs: readonly CommandInput[]): APIApplicationCommand[] {
    checkCommands(inputs);
    const known = this.list(guildId);
    const sameAs = (input: CommandInput) => known.find((old) => old.name === input.name && old.type === (input.type ?? CHAT_INPUT));
    this.#countCreates(guildId ?? "", inputs.filter((input) => !sameAs(input)).length);
    const registered = inputs.map((input) => this.#register(input, guildId, sameAs(input)?.id));
    this.#byScope.set(guildId ?? "", registered);
    return registered;
  }

  #register(input: CommandInput, guildId: string | undefined, id = this.#world.nextId()): APIApplicationCommand {
    const { default_member_permissions: asked, contexts = null, integration_types = [0], ...rest } = withoutNulls(input);
    const scope = guildId === undefined ? { contexts, integration_types, dm_permission: true } : { guild_id: guildId };
    return {
      description: "",
      type: CHAT_INPUT,
      nsfw: false,
      ...rest,
      id,
      application_id: this.#world.applicationId,
      version: this.#world.nextId(),
      default_member_permissions: asked === undefined ? null : String(asked),
      ...scope,
    } as APIApplicationCommand;
  }

  #countCreates(scope: string, created: number): void {
    const now = this.#world.clock.nowMs();
    const today = (this.#creates.get(scope) ?? []).filter((at) => now - at < DAY_MS);
    if (today.length + created > CREATES_PER_DAY)
      throw new ApiRefusal(400, 30_034, `Max number of daily application command creates has been reached (${CREATES_PER_DAY})`);
    this.#creates.set(scope, [...today, ...Array.from({ length: created }, () => now)]);
  }
}

function checkCommands(inputs: readonly CommandInput[]): void {
  const seen = new Set<string>();
  for (const input of inputs) {
    const type = input.type ?? CHAT_INPUT;
    if (seen.size === seen.add(`${type} ${input.name}`).size)
      throw invalidForm("name", `Application command names must be unique: ${input.name}`);
    const ofKind = inputs.filter((other) => (other.type ?? CHAT_INPUT) === type).length;
    if (ofKind > (MOST_PER_KIND[type] ?? 100))
      throw new ApiRefusal(400, 30_032, `Maximum number of application commands reached, found ${ofKind}`);
    if (type !== CHAT_INPUT) continue;
    checkName(input.name);
    if (!input.description) throw invalidForm("description", `${input.name}: This field is required`);
    checkOptions(input.options ?? []);
    const size = sizeOf(input);
    if (size > 8000) throw invalidForm("options", `${input.name}: Command exceeds maximum size (8000), found ${size}`);
  }
}

function checkName(name: string): void {
  if (!NAME.test(name) || name !== name.toLowerCase()) throw invalidForm("name", `Command name is invalid: ${name}`);
}

function checkOptions(options: readonly CommandOption[]): void {
  let optionalSeen: string | undefined;
  const names = new Set<string>();
  const nested = options.filter((option) => option.type <= GROUP).length;
  if (nested > 0 && nested < options.length) throw invalidForm("options", "subcommands cannot stand beside other options");
  for (const option of options) {
    checkName(option.name);
    if (names.size === names.add(option.name).size) throw invalidForm("options", `Option name already used: ${option.name}`);
    if (option.required && optionalSeen)
      throw invalidForm("options", `Required options must be placed before ${optionalSeen}: ${option.name}`);
    if (!option.required) optionalSeen ??= option.name;
    if (option.autocomplete && option.choices?.length)
      throw invalidForm("options", `${option.name}: autocomplete and choices exclude each other`);
    const choices = (option.choices ?? []).map((choice) => choice.name);
    if (new Set(choices).size < choices.length) throw invalidForm("options", `${option.name}: choice names must be unique`);
    checkOptions(option.options ?? []);
  }
}

function sizeOf(part: {
  name: string;
  description?: string | null;
  options?: CommandOption[] | null;
  choices?: { name: string; value: string | number }[];
}): number {
  const choices = (part.choices ?? []).reduce((sum, choice) => sum + choice.name.length + String(choice.value).length, 0);
  const options = (part.options ?? []).reduce((sum, option) => sum + sizeOf(option), 0);
  return part.name.length + (part.description?.length ?? 0) + choices + options;
}

function withoutNulls(input: CommandInput): CommandInput {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)) as CommandInput;
}
