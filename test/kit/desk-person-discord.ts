import type { APIMessage, APIUser } from "discord-api-types/v10";
import { type Person, spoken } from "./desk-person.ts";
import type { DiscordCounterpart } from "./discord/counterpart.ts";
import { textOf } from "./discord/text.ts";
import type { Channel } from "./discord/world.ts";

/** A member of a Discord server, in one of its channels. */
export class DiscordPerson implements Person {
  readonly user: APIUser;
  readonly #discord: DiscordCounterpart;
  readonly #channel: Channel;
  readonly #alerted = new Set<string>();
  #last: APIMessage | undefined;

  constructor(discord: DiscordCounterpart, user: APIUser = discord.user, channel: Channel = discord.channel) {
    this.#discord = discord;
    this.user = user;
    this.#channel = channel;
  }

  get id(): string {
    return `discord:${this.user.id}`;
  }

  get place(): string {
    return `discord:${this.#channel.id}`;
  }

  /** The app shows yes and no as a choice of true and false, and each value in a field of its own. */
  async run(line: string): Promise<string> {
    const chosen = line
      .replaceAll(/(?<=\s\w+:)"([^"]*)"/g, "$1")
      .replaceAll(/(?<=\s\w+:)(yes|no)(?=\s|$)/g, (word) => String(word === "yes"));
    return this.#saw(await this.#discord.slash(this.user, `/${chosen}`, {}, { channel: this.#channel }).settled());
  }

  async press(label: string): Promise<string> {
    return this.#saw(await this.#discord.press(this.user, this.#seen(), label).settled());
  }

  async type(text: string): Promise<string> {
    const form = await this.#discord.press(this.user, this.#seen(), "Type it").modal();
    return this.#saw(await this.#discord.submit(this.user, form, { text }).settled());
  }

  async enter(values: Readonly<Record<string, string>>): Promise<string> {
    const form = await this.#discord.press(this.user, this.#seen(), "Enter the key").modal();
    return this.#saw(await this.#discord.submit(this.user, form, values).settled());
  }

  /** Nobody else sees what is answered in private there. */
  inPrivate(): Person {
    return this;
  }

  /** Answers belong to an interaction, alerts do not. */
  async nextAlert(matching: RegExp): Promise<string> {
    const alert = await this.#discord.waitForMessage(
      this.#channel,
      (message) => message.interaction_metadata === undefined && !this.#alerted.has(message.id) && matching.test(spoken(textOf(message))),
    );
    this.#alerted.add(alert.id);
    return spoken(textOf(alert));
  }

  alerts(matching: RegExp): string[] {
    const all = this.#discord.channelMessages(this.#channel).filter(({ interaction_metadata }) => interaction_metadata === undefined);
    return all.map((message) => spoken(textOf(message))).filter((text) => matching.test(text));
  }

  lookAt(other: Person): void {
    if (!(other instanceof DiscordPerson)) throw new Error("that person is not in Discord");
    this.#last = other.#last;
  }

  #saw(message: APIMessage): string {
    this.#last = message;
    return spoken(textOf(message));
  }

  #seen(): APIMessage {
    if (!this.#last) throw new Error(`${this.user.username} saw nothing yet`);
    return this.#last;
  }
}
