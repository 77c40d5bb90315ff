import type { Message } from "@grammyjs/types";

/** What a person reads: the words without markup, then the buttons, one line a row. */
export function textOf(message: Message): string {
  const attachment = message.photo ? "(photo)" : message.document ? `(file ${message.document.file_name ?? ""})` : undefined;
  const rows = message.reply_markup?.inline_keyboard.map((row) => row.map((button) => `[${button.text}]`).join(" ")) ?? [];
  const lines = [attachment, message.text ?? message.caption, ...rows];
  return lines.filter((line) => line !== undefined && line !== "").join("\n");
}

export function buttonLabels(message: Message): string[] {
  return message.reply_markup?.inline_keyboard.flat().map((button) => button.text) ?? [];
}

/** Whether a message says something, as opposed to "Desk pinned a message". */
export function isReadable(message: Message): boolean {
  return Boolean(message.text ?? message.photo ?? message.document);
}
