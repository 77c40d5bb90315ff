import type { Message, RichBlock, RichMessage, RichText } from "@grammyjs/types";

/** What a person reads: the words without markup, then the buttons, one line a row. */
export function textOf(message: Message): string {
  const attachment = message.photo ? "(photo)" : message.document ? `(file ${message.document.file_name ?? ""})` : undefined;
  const rows = message.reply_markup?.inline_keyboard.map((row) => row.map((button) => `[${button.text}]`).join(" ")) ?? [];
  const words = message.text ?? message.caption ?? (message.rich_message && richTextOf(message.rich_message));
  return linesOf([attachment, words, ...rows]);
}

/** Cells of a table row stand beside one another, everything else below. */
export function richTextOf({ blocks }: RichMessage): string {
  return linesOf(blocks.map(blockText));
}

export function buttonLabels(message: Message): string[] {
  return message.reply_markup?.inline_keyboard.flat().map((button) => button.text) ?? [];
}

/** Whether a message says something, as opposed to "Desk pinned a message". */
export function isReadable(message: Message): boolean {
  return Boolean(message.text ?? message.photo ?? message.document ?? message.rich_message);
}

function blockText(block: RichBlock): string {
  if (block.type === "table") return linesOf(block.cells.map((row) => row.map((cell) => plain(cell.text)).join(" | ")));
  if (block.type === "list") return linesOf(block.items.map((item) => `${item.label} ${linesOf(item.blocks.map(blockText))}`));
  if (block.type === "details") return linesOf([plain(block.summary), ...block.blocks.map(blockText)]);
  if (block.type === "buttons") return block.buttons.map((button) => `[${plain(button.text)}]`).join(" ");
  if (block.type === "photo") return linesOf(["(photo)", plain(block.caption?.text)]);
  if ("blocks" in block) return linesOf(block.blocks.map(blockText));
  return "text" in block ? plain(block.text) : "";
}

function plain(text: RichText | undefined): string {
  if (text === undefined || typeof text === "string") return text ?? "";
  if (Array.isArray(text)) return text.map(plain).join("");
  if (text.type === "button") return `[${plain(text.button.text)}]`;
  return "text" in text ? plain(text.text) : "";
}

function linesOf(lines: (string | undefined)[]): string {
  return lines.filter((line) => line !== undefined && line !== "").join("\n");
}
