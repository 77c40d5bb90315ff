import {
  BUTTON,
  CONTAINER,
  isSelect,
  LABEL,
  LINK_STYLE,
  mediaOf,
  PREMIUM_STYLE,
  ROW,
  SECTION,
  STRING_SELECT,
  TEXT_DISPLAY,
  THUMBNAIL,
  type WireComponent,
  walk,
} from "./components.ts";
import { emptyMessage, invalidForm } from "./refusal.ts";

export const EPHEMERAL = 1 << 6;
export const LOADING = 1 << 7;
export const V2 = 1 << 15;
const SUPPRESS_EMBEDS = 1 << 2;
const CREATE_FLAGS = SUPPRESS_EMBEDS | EPHEMERAL | (1 << 12) | V2;

export interface WireEmbed {
  title?: string;
  description?: string;
  fields?: { name: string; value: string; inline?: boolean }[];
  footer?: { text: string; icon_url?: string };
  author?: { name: string; icon_url?: string };
  image?: { url: string };
  thumbnail?: { url: string };
  timestamp?: string;
}

/** The part of a message body that the rules look at; absent means unchanged in an edit, null means emptied. */
export interface MessageBody {
  content?: string | null;
  embeds?: WireEmbed[] | null;
  components?: WireComponent[] | null;
  flags?: number | null;
  attachments?: { id: string | number; filename?: string; description?: string }[] | null;
  poll?: unknown;
  sticker_ids?: string[] | null;
  nonce?: string | number | null;
  enforce_nonce?: boolean | null;
  tts?: boolean | null;
  message_reference?: { message_id: string; channel_id?: string } | null;
}

/** What the message will be once the body is applied. */
export interface MessageDraft {
  readonly content: string;
  readonly embeds: readonly WireEmbed[];
  readonly components: readonly WireComponent[];
  readonly flags: number;
  readonly files: readonly string[];
}

/** Everything about a message that the published schemas leave unsaid. Throws the refusal that Discord answers. */
export function checkMessage(body: MessageBody, draft: MessageDraft, before?: { flags: number }): void {
  const isV2 = (draft.flags & V2) !== 0;
  checkFlags(body, before);
  if ([...draft.content].length > 2000) throw invalidForm("content", "Must be 2000 or fewer in length.");
  checkEmbeds(draft.embeds);
  if (isV2) checkV2(body, draft);
  else checkLegacy(draft);
  checkComponents(draft.components);
  checkUploads(draft);
  const isEmpty = !draft.content && !draft.embeds.length && !draft.components.length && !draft.files.length;
  if (isEmpty && !body.poll && !body.sticker_ids?.length) throw emptyMessage();
}

function checkFlags(body: MessageBody, before?: { flags: number }): void {
  const flags = body.flags;
  if (flags === undefined || flags === null) return;
  if (flags & ~CREATE_FLAGS) throw invalidForm("flags", `only ${CREATE_FLAGS} may be set, found ${flags}`);
  if (before && before.flags & V2 && !(flags & V2)) throw invalidForm("flags", "the components flag cannot be removed");
}

function checkEmbeds(embeds: readonly WireEmbed[]): void {
  const textOf = (embed: WireEmbed): string[] => [
    embed.title ?? "",
    embed.description ?? "",
    embed.footer?.text ?? "",
    embed.author?.name ?? "",
    ...(embed.fields ?? []).flatMap((field) => [field.name, field.value]),
  ];
  const total = embeds.flatMap(textOf).reduce((sum, text) => sum + [...text].length, 0);
  if (total > 6000) throw invalidForm("embeds", `Embed size exceeds maximum size of 6000, found ${total}`);
  for (const field of embeds.flatMap((embed) => embed.fields ?? []))
    if (!field.name.trim() || !field.value.trim()) throw invalidForm("embeds", "This field is required: a field needs a name and a value");
}

function checkV2(body: MessageBody, draft: MessageDraft): void {
  if (draft.content || draft.embeds.length || body.poll || body.sticker_ids?.length)
    throw invalidForm("flags", "content, embeds, stickers and poll cannot be used with the components flag");
  const all = [...walk(draft.components)];
  if (all.length > 40) throw invalidForm("components", `at most 40 components counting nested ones, found ${all.length}`);
  const text = all.reduce((sum, component) => sum + (component.type === TEXT_DISPLAY ? [...(component.content ?? "")].length : 0), 0);
  if (text > 4000) throw invalidForm("components", `at most 4000 characters of text, found ${text}`);
}

function checkLegacy(draft: MessageDraft): void {
  const foreign = [...walk(draft.components)].find((component) => component.type >= SECTION && component.type <= CONTAINER);
  if (foreign) throw invalidForm("components", `component type ${foreign.type} needs the components flag (${V2})`);
  if (draft.components.length > 5) throw invalidForm("components", `at most 5 rows, found ${draft.components.length}`);
}

/** Rules that messages and modals share. */
export function checkComponents(components: readonly WireComponent[]): void {
  const customIds = new Set<string>();
  const ids = new Set<number>();
  for (const component of walk(components)) {
    if (component.custom_id !== undefined && customIds.size === customIds.add(component.custom_id).size)
      throw invalidForm("components", `Component custom id cannot be duplicated: ${component.custom_id}`);
    if (component.id && ids.size === ids.add(component.id).size) throw invalidForm("components", `duplicate component id ${component.id}`);
    if (component.type === BUTTON) checkButton(component);
    if (component.type === STRING_SELECT) checkSelect(component);
    if (component.type === ROW && component.components?.some(isSelect) && component.components.length > 1)
      throw invalidForm("components", "a select menu fills its row");
  }
}

function checkButton(button: WireComponent): void {
  if (button.style === PREMIUM_STYLE) return;
  if (!button.label && !button.emoji) throw invalidForm("components", "A button needs a label or an emoji");
  const isLink = button.style === LINK_STYLE;
  if (isLink && button.custom_id !== undefined) throw invalidForm("components", "A link button cannot have a custom id");
  if (isLink !== (button.url !== undefined)) throw invalidForm("components", "A link button, and only a link button, has a url");
  if (!isLink && button.custom_id === undefined) throw invalidForm("components", `Button ${button.label ?? ""} needs a custom id`);
}

function checkSelect(select: WireComponent): void {
  const values = (select.options ?? []).map((option) => option.value);
  if (new Set(values).size < values.length) throw invalidForm("components", "The specified option value is already used");
  const chosen = (select.options ?? []).filter((option) => option.default).length;
  if (chosen > (select.max_values ?? 1)) throw invalidForm("components", "more options are chosen by default than may be chosen");
}

function checkUploads(draft: MessageDraft): void {
  const pictures = draft.embeds.flatMap((embed) => [
    embed.image?.url,
    embed.thumbnail?.url,
    embed.author?.icon_url,
    embed.footer?.icon_url,
  ]);
  const media = [...walk(draft.components)].flatMap(mediaOf).map((item) => item.url);
  for (const url of [...pictures, ...media]) {
    if (url?.startsWith("attachment://") && !draft.files.includes(url.slice("attachment://".length)))
      throw invalidForm("attachments", `The referenced attachment was not found: ${url}`);
  }
}

export function checkModal(modal: { components: readonly WireComponent[] }): void {
  if (modal.components.length > 5) throw invalidForm("components", `a modal takes at most 5 rows, found ${modal.components.length}`);
  checkComponents(modal.components);
  for (const component of walk(modal.components)) {
    if ([BUTTON, SECTION, THUMBNAIL].includes(component.type)) throw invalidForm("components", `type ${component.type} is not for modals`);
    if (component.type === LABEL && !component.component) throw invalidForm("components", "a label needs a component");
  }
}
