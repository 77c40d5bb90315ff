import type {
  APIButtonComponentWithCustomId,
  APIContainerComponent,
  APIFileComponent,
  APIMediaGalleryComponent,
  APIMessageTopLevelComponent,
  APIModalInteractionResponseCallbackData,
  APITextDisplayComponent,
} from "discord.js";
import type { Painted } from "../../chat/painted.ts";
import { oneLine, visible } from "../../domain/visible-text.ts";
import type { TextFile } from "../../ports/text-file.ts";
import type { Button, View } from "../../ports/view.ts";
import { SECRET_PREFIX } from "./secret-modal.ts";
import { tableBlock } from "./table.ts";
import { cut, escaped, fitLines, withCode } from "./text.ts";

/** What a message of ours consists of, on every route. */
export interface Card {
  readonly flags: number;
  readonly components: APIMessageTopLevelComponent[];
  readonly allowed_mentions: { readonly parse: [] };
  /** All that the message has; an edit takes away what is not listed. */
  readonly attachments: readonly { readonly id: string; readonly filename: string; readonly description: string }[];
}

/** A card with what is sent along. */
export interface Parcel {
  readonly card: Card;
  readonly files: readonly { readonly name: string; readonly data: Uint8Array; readonly contentType: string }[];
}

export interface CardOptions {
  /** An earlier copy may have arrived: say so. */
  readonly repeat?: boolean;
  /** Shown to the person who asked, and to nobody else. */
  readonly ephemeral?: boolean;
}

export const EPHEMERAL = 1 << 6;
const COMPONENTS_V2 = 1 << 15;
/** Starts the id of the button, and of the form behind it, that takes a typed answer. */
export const TYPE_PREFIX = "type:";
/** Id of the only field of that form. */
export const TYPED_FIELD = "text";

const TEXT_MAX = 4_000;
const ALT_MAX = 1_024;
const TITLE_MAX = 250;
const LINES_MAX = 1_800;
const FIELDS_MAX = 1_000;
const FIELD_NAME_MAX = 100;
const BUTTONS_MAX = 25;
const ROW_MAX = 5;
const LABEL_MAX = 80;
const ID_MAX = 100;
/** Stand in the id of "Type it" before the question's id and before its text, so that the form asks the same and its answer counts for that question. */
const ID_MARKER = "#";
const QUESTION_MARKER = "|";
const FORM_TITLE_MAX = 45;
const FORM_TEXT_MAX = 4_000;
const ENTER_LABEL = "Enter the key";
const REPEAT_NOTE = "-# (repeat)";
const ACCENT = { plain: 0x58_65_f2, good: 0x2e_cc_71, bad: 0xe7_4c_3c, warning: 0xf1_c4_0f } as const;
const STYLE = { primary: 1, plain: 2, danger: 4 } as const;

/** A view with its file, and with its picture, if that could be drawn. */
export function renderParcel(shown: Painted, options: CardOptions = {}): Parcel {
  const parcel = pictureParcel(shown, options);
  return shown.view.file === undefined ? parcel : withFile(parcel, shown.view.file);
}

/** The file hangs below the card. */
function withFile({ card, files }: Parcel, { name, contentType, text }: TextFile): Parcel {
  const component: APIFileComponent = { type: 13, file: { url: `attachment://${name}` } };
  const attachment = { id: String(files.length), filename: name, description: name };
  return {
    card: { ...card, components: [...card.components, component], attachments: [...card.attachments, attachment] },
    files: [...files, { name, data: new TextEncoder().encode(text), contentType }],
  };
}

function pictureParcel({ view, png }: Painted, options: CardOptions): Parcel {
  const card = renderCard(view, options);
  if (png === undefined || view.picture === undefined) return { card, files: [] };
  const name = `${view.picture.name}.png`;
  const description = cut(oneLine(view.picture.alt), ALT_MAX);
  const gallery: APIMediaGalleryComponent = { type: 12, items: [{ media: { url: `attachment://${name}` }, description }] };
  const [container, ...others] = card.components;
  if (container?.type !== 17) return { card, files: [] };
  // People look first: right under the title.
  const at = oneLine(view.title) === "" ? 0 : 1;
  const components = [{ ...container, components: container.components.toSpliced(at, 0, gallery) }, ...others];
  return {
    card: { ...card, components, attachments: [{ id: "0", filename: name, description }] },
    files: [{ name, data: png, contentType: "image/png" }],
  };
}

/** A view as a card of Components V2, inside Discord's limits of 4,000 characters and 40 components. */
export function renderCard(view: View, options: CardOptions = {}): Card {
  const buttons = buttonsOf(view);
  const container: APIContainerComponent = {
    type: 17,
    accent_color: ACCENT[view.tone],
    components: [...texts(view, buttons.left, options.repeat === true), ...rows(buttons.shown)],
  };
  return {
    flags: COMPONENTS_V2 | (options.ephemeral === true ? EPHEMERAL : 0),
    components: [container],
    allowed_mentions: { parse: [] },
    attachments: [],
  };
}

/** The form behind "Type it": it asks what the card asked. `typeId` is that button's id. */
export function renderForm(typeId: string): APIModalInteractionResponseCallbackData {
  const [, asked = ""] = typeId.slice(TYPE_PREFIX.length).split(QUESTION_MARKER);
  const [, question = "", hint = ""] = /^([^(]*)\(?([^)]*)/.exec(oneLine(asked)) ?? [];
  const title = cut(question.trim() === "" ? "Your answer" : question.trim(), FORM_TITLE_MAX);
  return {
    custom_id: typeId,
    title,
    components: [
      {
        type: 18,
        label: title,
        ...(hint === "" ? {} : { description: hint }),
        component: { type: 4, custom_id: TYPED_FIELD, style: 1, required: true, max_length: FORM_TEXT_MAX },
      },
    ],
  };
}

/** The id of the question that "Type it", and so its form, was made for; undefined where the question has none. */
export function questionIn(typeId: string): string | undefined {
  const [, id] = typeId.slice(TYPE_PREFIX.length).split(QUESTION_MARKER)[0]?.split(ID_MARKER) ?? [];
  return id;
}

function texts(view: View, buttonsLeft: number, repeat: boolean): APITextDisplayComponent[] {
  const notes = [...(buttonsLeft > 0 ? [`-# … ${buttonsLeft} more buttons`] : []), ...(repeat ? [REPEAT_NOTE] : [])].join("\n");
  let room = TEXT_MAX - notes.length;
  const blocks: string[] = [];
  const add = (block: string): void => {
    if (block.trim() === "") return;
    blocks.push(block);
    room -= block.length;
  };
  const title = oneLine(view.title);
  if (title !== "") add(`### ${cut(withCode(title), TITLE_MAX)}`);
  const isOnlyText = view.fields.length === 0 && view.table === undefined;
  add(
    fitLines(
      view.lines.map((line) => withCode(visible(line))),
      isOnlyText ? room : LINES_MAX,
      "lines",
    ),
  );
  add(fitLines(view.fields.map(fieldLine), view.table === undefined ? room : Math.min(room, FIELDS_MAX), "fields"));
  const table = view.table === undefined ? "" : tableBlock(view.table, room);
  if (table.trim() !== "") blocks.splice(view.tableFirst === true && title !== "" ? 1 : blocks.length, 0, table);
  if (notes !== "") blocks.push(notes);
  if (blocks.length === 0) blocks.push("(nothing to show)");
  return blocks.map((content) => ({ type: 10, content }));
}

function fieldLine({ name, value }: { name: string; value: string }): string {
  const label = cut(escaped(oneLine(name)), FIELD_NAME_MAX);
  const text = withCode(oneLine(value));
  return label === "" ? text : `**${label}** ${text}`;
}

function buttonsOf(view: View): { shown: APIButtonComponentWithCustomId[]; left: number } {
  const unique = [...new Map(view.buttons.map((button) => [button.action, button])).values()];
  const typed = view.question?.freeText === true ? [typeButton(view.question, view.title)] : [];
  if (view.form) typed.push({ type: 2, style: STYLE.primary, label: ENTER_LABEL, custom_id: SECRET_PREFIX + view.form.token });
  const shown = unique.slice(0, BUTTONS_MAX - typed.length).map(buttonComponent);
  // The way out stands last.
  const leaving = shown.at(-1)?.style === STYLE.danger ? shown.splice(-1) : [];
  return { shown: [...shown, ...typed, ...leaving], left: unique.length - shown.length - leaving.length };
}

function buttonComponent({ label, style, action }: Button): APIButtonComponentWithCustomId {
  const text = oneLine(label);
  return { type: 2, style: STYLE[style], label: text === "" ? "…" : cut(text, LABEL_MAX), custom_id: action };
}

function typeButton({ argument, id }: NonNullable<View["question"]>, question: string): APIButtonComponentWithCustomId {
  const typeId = `${TYPE_PREFIX}${argument}${id === undefined ? "" : ID_MARKER + id}${QUESTION_MARKER}${oneLine(question)}`;
  return { type: 2, style: STYLE.plain, label: "Type it", custom_id: cut(typeId, ID_MAX) };
}

function rows(buttons: readonly APIButtonComponentWithCustomId[]) {
  const count = Math.ceil(buttons.length / ROW_MAX);
  return Array.from({ length: count }, (_, row) => ({
    type: 1 as const,
    components: buttons.slice(row * ROW_MAX, (row + 1) * ROW_MAX),
  }));
}
