import type { InlineKeyboardButton } from "grammy/types";
import { oneLine, visible } from "../../domain/visible-text.ts";
import type { Button, View } from "../../ports/view.ts";
import { tableHtml } from "./table.ts";
import { cut, escaped, fitted } from "./text.ts";

/** A message holds this many UTF-16 units, counted after its HTML was parsed. */
export const TEXT_UNITS_MAX = 4_096;
/** A picture has less room for words, counted in the same way. */
const CAPTION_UNITS_MAX = 1_024;
const TITLE_MAX = 256;
/** What title, hint and line ends may take beside lines, fields and table. */
const FRAME_UNITS = 400;
const LINES_SHARE = 2_000;
const FIELDS_SHARE = 1_000;
const FIELD_VALUE_MAX = 500;
const BUTTONS_MAX = 60;
const BUTTONS_A_ROW_MAX = 3;
/** Labels beside one another that a phone still shows whole. */
const ROW_LABELS_MAX = 32;
const LABEL_MAX = 60;
const CALLBACK_DATA_BYTES_MAX = 64;
const ALERT_MAX = 200;
const MARKED = /`([^`\n]+)`/g;

const TONE_SIGN: Readonly<Record<View["tone"], string>> = { plain: "", good: "✅ ", bad: "⛔ ", warning: "⚠️ " };

export interface Rendered {
  /** For `parse_mode: "HTML"`. */
  readonly html: string;
  readonly keyboard: InlineKeyboardButton[][];
}

export interface RenderOptions {
  /** An earlier try of the same message may have arrived. */
  readonly repeat?: boolean;
  /** Others write in this chat too, so that a typed answer must be a reply. */
  readonly group?: boolean;
}

/** A view as one Telegram message, cut to fit. */
export function render(view: View, options: RenderOptions = {}): Rendered {
  const title = titleOf(view) + (options.repeat === true ? " (repeat)" : "");
  const parts = [boldWithCode(title)];
  let left = TEXT_UNITS_MAX - FRAME_UNITS;
  const add = (lines: readonly string[], share: number, noun: string, markUp: (line: string) => string): void => {
    const kept = fitted(lines, Math.min(left, share), noun);
    if (kept.length > 0) parts.push(kept.map(markUp).join("\n"));
    left -= kept.reduce((sum, line) => sum + line.length + 1, 1);
  };
  const isTabled = view.table !== undefined && view.table.columns.length > 0;
  const hasFields = view.fields.length > 0;
  add(view.lines.map(visible), isTabled || hasFields ? LINES_SHARE : left, "lines", withCode);
  add(view.fields.map(fieldText), isTabled ? FIELDS_SHARE : left, "facts", withCode);
  const table = view.table && isTabled ? tableHtml(view.table, left) : "";
  if (table !== "") parts.splice(view.tableFirst === true ? 1 : parts.length, 0, table);
  const hint = hintOf(view, options);
  if (hint !== undefined) parts.push(`<i>${escaped(hint)}</i>`);
  return { html: parts.join("\n"), keyboard: keyboardOf(view.buttons) };
}

/** What stands under a view's picture, for `parse_mode: "HTML"`: people who see no picture still have its numbers. */
export function captionHtml(title: string, alt: string): string {
  const shown = cut(oneLine(title), TITLE_MAX);
  const room = CAPTION_UNITS_MAX - shown.length - 1;
  return [...(shown === "" ? [] : [boldWithCode(shown)]), escaped(cut(oneLine(alt), room))].join("\n");
}

/** The view without any markup, for when Telegram refuses the rendered one. */
export function plainText(view: View): string {
  return cut(bare([titleOf(view), ...view.lines.map(visible), ...view.fields.map(fieldText)].join("\n")), TEXT_UNITS_MAX);
}

/** The view as the text of a small window over the chat, if it is short enough to lose nothing. */
export function alertText(view: View): string | undefined {
  const isPlain = view.fields.length === 0 && view.table === undefined && view.buttons.length === 0 && view.question === undefined;
  const text = bare([titleOf(view), ...view.lines.map(visible)].join("\n"));
  return isPlain && text.length <= ALERT_MAX ? text : undefined;
}

function titleOf({ tone, title }: View): string {
  const shown = cut(oneLine(title), TITLE_MAX);
  // Telegram refuses a message of which nothing is visible.
  return `${TONE_SIGN[tone]}${shown === "" ? "-" : shown}`;
}

function fieldText({ name, value }: View["fields"][number]): string {
  return `${oneLine(name)}: ${cut(visible(value), FIELD_VALUE_MAX)}`;
}

/** Views write commands between backticks; a phone copies such text at a touch. */
function withCode(line: string): string {
  return escaped(line).replace(MARKED, "<code>$1</code>");
}

/** Telegram allows no code inside of bold text. */
function boldWithCode(title: string): string {
  const marked = `<b>${escaped(title).replace(MARKED, "</b><code>$1</code><b>")}</b>`;
  return marked.replaceAll("<b></b>", "");
}

function bare(text: string): string {
  return text.replace(MARKED, "$1");
}

function hintOf({ question, buttons }: View, { group = false }: RenderOptions): string | undefined {
  if (question?.freeText !== true) return undefined;
  const where = group ? " as a reply to this message" : "";
  return buttons.length > 0 ? `Choose, or type it${where}.` : `Type it${where}.`;
}

function keyboardOf(buttons: readonly Button[]): InlineKeyboardButton[][] {
  const rows: InlineKeyboardButton[][] = [];
  let rowLabels = 0;
  for (const button of buttons.filter(isSendable).slice(0, BUTTONS_MAX)) {
    const shown = keyOf(button);
    const row = rows.at(-1);
    if (row && row.length < BUTTONS_A_ROW_MAX && rowLabels + shown.text.length <= ROW_LABELS_MAX) row.push(shown);
    else rows.push([shown]);
    rowLabels = (rows.at(-1)?.length === 1 ? 0 : rowLabels) + shown.text.length;
  }
  return rows;
}

/** One button that Telegram refuses would cost the whole message. */
function isSendable({ action }: Button): boolean {
  const bytes = Buffer.byteLength(action);
  return bytes >= 1 && bytes <= CALLBACK_DATA_BYTES_MAX;
}

function keyOf({ label, style, action }: Button): InlineKeyboardButton {
  const text = cut(oneLine(label), LABEL_MAX);
  return { text: text === "" ? "…" : text, callback_data: action, ...(style === "plain" ? {} : { style }) };
}
