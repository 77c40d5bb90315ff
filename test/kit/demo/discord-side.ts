import type { APIApplicationCommand, APIMessage } from "discord-api-types/v10";
import { BUTTON, CONTAINER, GALLERY, LABEL, TEXT_DISPLAY, type WireComponent, walk } from "../discord/components.ts";
import type { DiscordCounterpart } from "../discord/counterpart.ts";
import type { Interaction, Modal } from "../discord/interaction.ts";
import { EPHEMERAL, LOADING } from "../discord/message-rules.ts";
import { splitLine } from "../discord/slash-line.ts";
import { buttonName } from "../discord/text.ts";
import { type Command, commandsOf, complete } from "./completion.ts";
import { type Block, type Button, type DiscordMessage, type Form, Refused, type Suggestion } from "./shapes.ts";

const ANSWER_TIMEOUT_MS = 5_000;
const FORMS_MAX = 20;
const TEXT_LENGTH_MAX = 4_000;
const STYLE: Readonly<Record<number, Button["style"]>> = { 1: "primary", 3: "success", 4: "danger" };

/** Ada in front of Discord: what she sees in the channel, and what she can do there. */
export class DiscordSide {
  readonly #discord: DiscordCounterpart;
  readonly #lines = new Map<string, string>();
  readonly #forms = new Map<string, Modal>();

  constructor(discord: DiscordCounterpart) {
    this.#discord = discord;
  }

  get objections(): readonly string[] {
    return this.#discord.violations;
  }

  /** The messages in their present versions; an edit puts another object in place. */
  versions(): Map<string, object> {
    const visible = [...this.#discord.channel.messages].filter(([, { onlyFor }]) => !onlyFor || onlyFor === this.#discord.user.id);
    return new Map(visible.map(([id, { wire }]) => [id, wire]));
  }

  messages(): DiscordMessage[] {
    return [...this.versions().keys()].map((id) => this.message(id));
  }

  message(id: string): DiscordMessage {
    const wire = this.#wire(id);
    const components = (wire.components ?? []) as WireComponent[];
    const flags = wire.flags ?? 0;
    const accent = accentOf(components);
    return {
      id,
      author: wire.author.global_name ?? wire.author.username,
      atMs: Date.parse(wire.timestamp),
      asked: this.#lines.get(wire.interaction_metadata?.id ?? ""),
      isThinking: (flags & LOADING) !== 0,
      isEphemeral: (flags & EPHEMERAL) !== 0,
      isEdited: wire.edited_timestamp !== null,
      accent,
      blocks: [...(wire.content ? [{ kind: "text" as const, content: wire.content }] : []), ...blocksOf(id, components)],
    };
  }

  /** The bytes of one picture of a message, counted as they are read. */
  async picture(id: string, index: number): Promise<Buffer> {
    const url = picturesOf((this.#wire(id).components ?? []) as WireComponent[])[index]?.media.url;
    if (url === undefined) throw new Refused("That picture is gone.");
    return Buffer.from(await (await fetch(url)).arrayBuffer());
  }

  commands(): Command[] {
    const put = this.#discord.requests.findLast(
      ({ method, path, status }) => method === "PUT" && /\/commands$/.test(path) && status === 200,
    );
    return commandsOf((put?.body ?? []) as APIApplicationCommand[]);
  }

  /** Types a whole line and sends it. Resolves when the bot has answered. */
  async slash(line: string): Promise<void> {
    const interaction = this.#discord.slash(this.#discord.user, line);
    this.#lines.set(interaction.facts.id, line.trim().replace(/ code:\S+/, " code:••••"));
    await answered(interaction);
  }

  /** Presses a button. Resolves with the form that it opened, if it did. */
  async press(messageId: string, key: string): Promise<Form | undefined> {
    return this.#formOf(await answered(this.#discord.press(this.#discord.user, this.#wire(messageId), key)));
  }

  async submit(formId: string, values: Readonly<Record<string, string>>): Promise<void> {
    const modal = this.#forms.get(formId);
    if (!modal) throw new Refused("This form is no longer open. Press the button again.");
    const interaction = this.#discord.submit(this.#discord.user, modal, values);
    this.#forms.delete(formId);
    await answered(interaction);
  }

  complete(line: string): Promise<Suggestion[]> {
    return complete(line, this.commands(), async (path, focused) => {
      const { typed } = splitLine(line);
      const choices = await this.#discord.autocomplete(this.#discord.user, `/${path}`, typed, focused).catch(() => []);
      return choices.map(({ name, value }) => ({ label: name, value: String(value) }));
    });
  }

  #wire(id: string): APIMessage {
    const message = this.#discord.channel.messages.get(id);
    if (!message) throw new Refused("That message is gone.");
    return message.wire;
  }

  #formOf(modal: Modal | undefined): Form | undefined {
    if (modal === undefined) return undefined;
    const id = modal.interaction.facts.id;
    this.#forms.set(id, modal);
    const oldest = this.#forms.keys().next().value;
    if (this.#forms.size > FORMS_MAX && oldest !== undefined) this.#forms.delete(oldest);
    const fields = (modal.data.components as WireComponent[]).flatMap((top) => {
      const input = top.type === LABEL ? top.component : top.components?.[0];
      if (input?.custom_id === undefined) return [];
      return [{ key: input.custom_id, label: top.label ?? input.label ?? "", lengthMax: input.max_length ?? TEXT_LENGTH_MAX }];
    });
    return { id, title: modal.title, fields };
  }
}

/** Waits for something that a person sees. A quiet acknowledgment is an answer too. */
async function answered(interaction: Interaction): Promise<Modal | undefined> {
  const seen = await interaction.signals
    .find(
      "seen",
      () => true,
      ANSWER_TIMEOUT_MS,
      () => "nothing",
    )
    .catch(() => undefined);
  if (seen !== undefined) return "customId" in seen ? seen : undefined;
  if (interaction.refusals.length > 0) throw new Refused(`Discord refused the answer: ${interaction.refusals.join("; ")}`);
  if (interaction.ack === undefined) throw new Refused("The application did not respond.");
  return undefined;
}

function accentOf(components: readonly WireComponent[]): string | undefined {
  const container: (WireComponent & { accent_color?: number | null }) | undefined = components.find(({ type }) => type === CONTAINER);
  const color = container?.accent_color ?? undefined;
  return color === undefined ? undefined : `#${color.toString(16).padStart(6, "0")}`;
}

function picturesOf(components: readonly WireComponent[]): NonNullable<WireComponent["items"]> {
  return [...walk(components)].flatMap(({ type, items }) => (type === GALLERY ? (items ?? []) : []));
}

/** Texts, pictures and rows of buttons in reading order. */
function blocksOf(id: string, components: readonly WireComponent[]): Block[] {
  const blocks: Block[] = [];
  const pictures = picturesOf(components);
  for (const each of walk(components)) {
    for (const item of each.type === GALLERY ? (each.items ?? []) : [])
      blocks.push({ kind: "picture", picture: { path: `/picture/discord/${id}/${pictures.indexOf(item)}`, alt: item.description ?? "" } });
    if (each.type === TEXT_DISPLAY) blocks.push({ kind: "text", content: each.content ?? "" });
    const buttons = (each.components ?? []).filter(({ type }) => type === BUTTON);
    if (buttons.length > 0) blocks.push({ kind: "buttons", buttons: buttons.map(buttonOf) });
  }
  return blocks;
}

function buttonOf(button: WireComponent): Button {
  return { label: buttonName(button), style: STYLE[button.style ?? 0] ?? "plain", key: button.custom_id ?? "" };
}
