import { randomBytes } from "node:crypto";
import type { APIApplicationCommand, APIApplicationCommandOptionChoice, APIAttachment, APIMessage, APIUser } from "discord-api-types/v10";
import type { CommandBook } from "./command-book.ts";
import { BUTTON, CHANNEL_SELECT, isSelect, LINK_STYLE, ROLE_SELECT, USER_SELECT, type WireComponent, walk } from "./components.ts";
import { type InteractionDesk, ON_AUTOCOMPLETE, ON_COMMAND, ON_COMPONENT, ON_MODAL } from "./desk.ts";
import { checkChoice, type FormValues, fillForm } from "./form.ts";
import { Interaction, type InteractionFacts, type Modal } from "./interaction.ts";
import { contextOf, interactionPayload } from "./interaction-payload.ts";
import { memberPayload } from "./payloads.ts";
import { PersonRefused } from "./refusal.ts";
import { type OptionValues, resolveLine } from "./slash-line.ts";
import { buttonName, buttonsOf } from "./text.ts";
import { ADMINISTRATOR, type Channel, type StoredFile, type StoredMessage, type World } from "./world.ts";

export interface PeopleParts {
  readonly world: World;
  readonly commands: CommandBook;
  readonly desk: InteractionDesk;
  readonly deliver: (payload: unknown) => void;
  readonly attach: (file: StoredFile) => APIAttachment;
}

export interface Where {
  readonly channel?: Channel;
}

/** The verbs of people in front of the app. Each refuses what the app would refuse, before the bot hears of it. */
export class People {
  readonly #parts: PeopleParts;
  readonly #payloads = new WeakMap<Interaction, unknown>();

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  slash(user: APIUser, line: string, values: OptionValues, channel: Channel): Interaction {
    const { data } = resolveLine(line, values, this.visibleCommands(user, channel), { ...this.#parts, channel });
    const command = [data.name, ...subPath(data.options)].join(" ");
    return this.#act({ type: ON_COMMAND, user, channel, doing: line, command }, data);
  }

  async autocomplete(
    user: APIUser,
    line: string,
    values: OptionValues,
    focused: string,
    channel: Channel,
  ): Promise<APIApplicationCommandOptionChoice[]> {
    const filled = focused in values ? values : { ...values, [focused]: "" };
    const { data, options } = resolveLine(line, filled, this.visibleCommands(user, channel), { ...this.#parts, channel }, focused);
    const option = options.find((each) => each.name === focused);
    if (!option?.autocomplete) throw new PersonRefused(`${line}: ${focused} has no suggestions`);
    const interaction = this.#act({ type: ON_AUTOCOMPLETE, user, channel, doing: `${line} ${focused}…`, optionType: option.type }, data);
    return interaction.wait("choices");
  }

  contextMenu(user: APIUser, target: APIMessage, name: string): Interaction {
    const message = this.#seen(user, target);
    const command = this.visibleCommands(user, message.channel).find((each) => each.type === 3 && each.name === name);
    if (!command) throw new PersonRefused(`no message command ${name}`);
    const data = { id: command.id, name, type: 3, target_id: target.id, resolved: { messages: { [target.id]: message.wire } } };
    return this.#act({ type: ON_COMMAND, user, channel: message.channel, doing: name, command: name }, data);
  }

  press(user: APIUser, target: APIMessage, label: string): Interaction {
    const message = this.#seen(user, target);
    const buttons = [...walk((message.wire.components ?? []) as WireComponent[])].filter((each) => each.type === BUTTON);
    const button = buttons.find((each) => buttonName(each) === label) ?? buttons.find((each) => each.custom_id === label);
    if (!button) throw new PersonRefused(`no button ${label}; there are ${buttonsOf(message.wire).join(", ") || "none"}`);
    if (button.disabled) throw new PersonRefused(`button ${label} is disabled`);
    if (button.style === LINK_STYLE) throw new PersonRefused(`button ${label} opens ${button.url}, the bot hears nothing of it`);
    const data = { component_type: BUTTON, id: button.id, custom_id: button.custom_id };
    return this.#act({ type: ON_COMPONENT, user, channel: message.channel, doing: `pressed ${label}`, source: message }, data);
  }

  choose(user: APIUser, target: APIMessage, customId: string, picks: readonly string[]): Interaction {
    const message = this.#seen(user, target);
    const menus = [...walk((message.wire.components ?? []) as WireComponent[])].filter(isSelect);
    const menu = menus.find((each) => each.custom_id === customId || each.placeholder === customId);
    if (!menu) throw new PersonRefused(`no menu ${customId}; there are ${menus.map((each) => each.custom_id).join(", ") || "none"}`);
    if (menu.disabled) throw new PersonRefused(`menu ${customId} is disabled`);
    const values = checkChoice(menu, customId, picks, menu.min_values ?? 1);
    const resolved = this.#resolvePicks(menu, values, message.channel);
    const data = { component_type: menu.type, id: menu.id, custom_id: menu.custom_id, values, ...(resolved ? { resolved } : {}) };
    return this.#act({ type: ON_COMPONENT, user, channel: message.channel, doing: `chose ${picks.join(", ")}`, source: message }, data);
  }

  submit(user: APIUser, modal: Modal, values: FormValues): Interaction {
    const opener = modal.interaction;
    if (opener.facts.user.id !== user.id)
      throw new PersonRefused(`the form "${modal.title}" is on the screen of ${opener.facts.user.username}`);
    const form = fillForm(modal.data.components as WireComponent[], values, this.#parts.attach);
    const { channel, source } = opener.facts;
    const data = { custom_id: modal.customId, ...form };
    return this.#act({ type: ON_MODAL, user, channel, doing: `submitted ${modal.title}`, source, opener }, data);
  }

  /** The same event once more, as after a lost acknowledgment. */
  duplicate(interaction: Interaction): void {
    this.#parts.deliver(this.#payloads.get(interaction));
  }

  /** The commands that this person finds in the menu of this channel. */
  visibleCommands(user: APIUser, channel: Channel): APIApplicationCommand[] {
    const { world, commands } = this.#parts;
    const guild = channel.guild;
    if (guild && !guild.members.has(user.id)) throw new PersonRefused(`${user.username} is not a member of ${guild.name}`);
    const context = contextOf(channel);
    const granted = guild ? world.permissionsOf(user, guild) : ADMINISTRATOR;
    return [...(guild ? commands.list(guild.id) : []), ...commands.list()].filter((command) => {
      if (command.contexts && !command.contexts.includes(context)) return false;
      const needed = command.default_member_permissions;
      if (needed === null || needed === undefined || granted & ADMINISTRATOR) return true;
      return BigInt(needed) !== 0n && (granted & BigInt(needed)) === BigInt(needed);
    });
  }

  /** The message as it is now, if this person can still see it. */
  #seen(user: APIUser, target: APIMessage): StoredMessage {
    const message = this.#parts.world.channels.get(target.channel_id)?.messages.get(target.id);
    if (!message) throw new PersonRefused("the message is gone");
    if (message.onlyFor && message.onlyFor !== user.id)
      throw new PersonRefused(`only somebody else sees this message, not ${user.username}`);
    if (message.channel.recipient && message.channel.recipient.id !== user.id)
      throw new PersonRefused("this is somebody else's direct message");
    return message;
  }

  #resolvePicks(menu: WireComponent, ids: readonly string[], channel: Channel): object | undefined {
    const { world } = this.#parts;
    const pick = <T>(known: ReadonlyMap<string, T>): [string, T][] =>
      ids.map((id) => {
        const found = known.get(id);
        if (!found) throw new PersonRefused(`nothing here has the id ${id}`);
        return [id, found];
      });
    if (menu.type === USER_SELECT) return { users: Object.fromEntries(pick(world.users)), ...membersOf(ids, channel) };
    if (menu.type === ROLE_SELECT) return { roles: Object.fromEntries(pick(channel.guild?.roles ?? new Map())) };
    if (menu.type !== CHANNEL_SELECT) return undefined;
    const rooms = pick(world.channels).map(([id, room]) => [id, { id, name: room.name, type: 0, permissions: "0" }]);
    return { channels: Object.fromEntries(rooms) };
  }

  #act(facts: Omit<InteractionFacts, "id" | "token">, data: object): Interaction {
    const { world, desk, deliver } = this.#parts;
    const identity = { id: world.nextId(), token: `aW50${randomBytes(48).toString("base64url")}` };
    const interaction = new Interaction({ ...facts, ...identity }, world.clock.nowMs());
    desk.open(interaction);
    const payload = interactionPayload(world, interaction.facts, data);
    this.#payloads.set(interaction, payload);
    deliver(payload);
    return interaction;
  }
}

function membersOf(ids: readonly string[], channel: Channel): object {
  const members = ids.map((id) => channel.guild?.members.get(id)).filter((member) => member !== undefined);
  return members.length ? { members: Object.fromEntries(members.map((member) => [member.user.id, memberPayload(member)])) } : {};
}

function subPath(options: readonly { name: string; type: number; options?: { name: string; type: number }[] }[] | undefined): string[] {
  const sub = options?.find((option) => option.type <= 2);
  return sub ? [sub.name, ...subPath(sub.options)] : [];
}
