import type { APIApplicationCommand, APIAttachment, APIUser } from "discord-api-types/v10";
import { type CommandOption, GROUP, SUBCOMMAND } from "./command-book.ts";
import { memberPayload } from "./payloads.ts";
import { PersonRefused } from "./refusal.ts";
import type { Channel, Guild, StoredFile, World } from "./world.ts";

/** What a person can put into an option: words, numbers, a person, a channel, a role, a file. */
export type OptionValue = string | number | boolean | { readonly id: string } | StoredFile;
export type OptionValues = Readonly<Record<string, OptionValue>>;

export interface WireOption {
  name: string;
  type: number;
  value?: string | number | boolean;
  focused?: boolean;
  options?: WireOption[];
}

export interface ResolvedLine {
  readonly data: { id: string; name: string; type: 1; guild_id?: string; options?: WireOption[]; resolved?: object };
  /** Options of the innermost subcommand, to look the focused one up. */
  readonly options: readonly CommandOption[];
}

/** Types a line the way the app lets a person type it, against what is registered. */
export function resolveLine(
  line: string,
  given: OptionValues,
  commands: readonly APIApplicationCommand[],
  place: Place,
  focused?: string,
): ResolvedLine {
  const { path, typed } = splitLine(line);
  const values: OptionValues = { ...typed, ...given };
  const command = commands.find((each) => each.type === 1 && each.name === path[0]);
  if (!command) throw new PersonRefused(`no command /${path[0]}; there are ${commands.map((each) => `/${each.name}`).join(" ") || "none"}`);
  const parents: CommandOption[] = [];
  let options = (command.options ?? []) as CommandOption[];
  for (const word of path.slice(1)) {
    const next = options.find((option) => option.name === word && option.type <= GROUP);
    if (!next)
      throw new PersonRefused(
        `/${path.join(" ")}: no subcommand ${word}; there are ${options.map((option) => option.name).join(", ") || "none"}`,
      );
    parents.push(next);
    options = next.options ?? [];
  }
  if (options.some((option) => option.type <= GROUP))
    throw new PersonRefused(`/${path.join(" ")} is not complete; choose ${options.map((o) => o.name).join(", ")}`);
  const resolver = new Resolver(place, `/${path.join(" ")}`);
  const inner = resolver.options(options, values, focused);
  const nested = parents.reduceRight<WireOption[]>(
    (below, { name, type }) => [{ name, type: type === GROUP ? GROUP : SUBCOMMAND, options: below }],
    inner,
  );
  const scope = command.guild_id === undefined ? {} : { guild_id: command.guild_id };
  return { data: { id: command.id, name: command.name, type: 1, ...scope, options: nested, ...resolver.resolvedPart() }, options };
}

export interface Place {
  readonly world: World;
  readonly channel: Channel;
  readonly attach: (file: StoredFile) => APIAttachment;
}

/** `/bot create symbol:BTC/USDT` gives the path and what was typed behind names. */
export function splitLine(line: string): { path: string[]; typed: Record<string, string> } {
  const typed: Record<string, string> = {};
  const rest = line.trim().replace(/\s([\p{L}\p{N}_-]+):(.*?)(?=\s[\p{L}\p{N}_-]+:|$)/gsu, (_all, name: string, value: string) => {
    typed[name] = value.trim();
    return "";
  });
  return { path: rest.replace(/^\//, "").split(/\s+/), typed };
}

class Resolver {
  readonly #place: Place;
  readonly #line: string;
  readonly #found: Record<string, Record<string, unknown>> = {};

  constructor(place: Place, line: string) {
    this.#place = place;
    this.#line = line;
  }

  resolvedPart(): { resolved?: object } {
    return Object.keys(this.#found).length ? { resolved: this.#found } : {};
  }

  options(known: readonly CommandOption[], values: OptionValues, focused?: string): WireOption[] {
    const filled = Object.entries(values).map(([name, value]): WireOption => {
      const option = known.find((each) => each.name === name);
      if (!option) throw this.#refused(`no option ${name}; there are ${known.map((each) => each.name).join(", ") || "none"}`);
      // What is still being typed reaches the bot as it is, however wrong.
      if (name === focused) return { name, type: option.type, value: String(value), focused: true };
      return { name, type: option.type, value: this.#value(option, value) };
    });
    const missing = known.find((option) => option.required && !(option.name in values));
    if (missing && focused === undefined) throw this.#refused(`option ${missing.name} is required`);
    return filled;
  }

  #value(option: CommandOption, value: OptionValue): string | number | boolean {
    const choice = option.choices?.find((each) => each.value === value || each.name === value);
    if (option.choices?.length && !choice)
      throw this.#refused(`${option.name}: ${value} is not among ${option.choices.map((each) => each.name).join(", ")}`);
    if (choice) return choice.value;
    if (option.type === 3) return this.#text(option, value);
    if (option.type === 4 || option.type === 10) return this.#number(option, value);
    if (option.type === 5) return this.#boolean(option, value);
    return this.#reference(option, value);
  }

  #text(option: CommandOption, value: OptionValue): string {
    if (typeof value !== "string") throw this.#refused(`${option.name} takes text, found ${typeof value}`);
    const { min_length: least = 0, max_length: most = 6000 } = option;
    if (value.length < least || value.length > most)
      throw this.#refused(`${option.name} takes ${least} to ${most} characters, found ${value.length}`);
    return value;
  }

  #number(option: CommandOption, value: OptionValue): number {
    const number = typeof value === "string" && value.trim() ? Number(value) : value;
    if (typeof number !== "number" || !Number.isFinite(number)) throw this.#refused(`${option.name} takes a number, found ${value}`);
    if (option.type === 4 && !Number.isSafeInteger(number)) throw this.#refused(`${option.name} takes a whole number, found ${number}`);
    const { min_value: least = -(2 ** 53), max_value: most = 2 ** 53 } = option;
    if (number < least || number > most) throw this.#refused(`${option.name} takes ${least} to ${most}, found ${number}`);
    return number;
  }

  #boolean(option: CommandOption, value: OptionValue): boolean {
    const words: Record<string, boolean> = { true: true, false: false };
    const found = words[String(value).toLowerCase()];
    if (found === undefined) throw this.#refused(`${option.name} takes true or false, found ${value}`);
    return found;
  }

  #reference(option: CommandOption, value: OptionValue): string {
    if (typeof value === "object" && "bytes" in value) return this.#file(option, value);
    const id = typeof value === "object" ? value.id : String(value);
    const { world, channel } = this.#place;
    const [user, room, role] = [world.users.get(id), world.channels.get(id), channel.guild?.roles.get(id)];
    if (user && [6, 9].includes(option.type)) this.#user(user, channel.guild);
    else if (room && option.type === 7) this.#room(room);
    else if (role && [8, 9].includes(option.type)) this.#keep("roles", id, role);
    else throw this.#refused(`${option.name}: nothing here has the id ${id}`);
    return id;
  }

  #user(user: APIUser, guild: Guild | undefined): void {
    this.#keep("users", user.id, user);
    const member = guild?.members.get(user.id);
    if (!member || !guild) return;
    const { user: _, deaf: __, mute: ___, ...rest } = memberPayload(member);
    this.#keep("members", user.id, { ...rest, permissions: this.#place.world.permissionsOf(user, guild).toString() });
  }

  #room(room: Channel): void {
    const type = room.kind === "thread" ? 11 : room.kind === "direct" ? 1 : 0;
    this.#keep("channels", room.id, { id: room.id, name: room.name, type, permissions: "0" });
  }

  #file(option: CommandOption, file: StoredFile): string {
    if (option.type !== 11) throw this.#refused(`${option.name} takes no file`);
    const attachment = this.#place.attach(file);
    this.#keep("attachments", attachment.id, attachment);
    return attachment.id;
  }

  #keep(kind: string, id: string, value: unknown): void {
    this.#found[kind] = { ...this.#found[kind], [id]: value };
  }

  #refused(reason: string): PersonRefused {
    return new PersonRefused(`${this.#line}: ${reason}`);
  }
}
