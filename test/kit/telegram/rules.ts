import type { BotCommand, ForceReply, InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove } from "@grammyjs/types";
import { badRequest, tooLarge } from "./api-failure.ts";
import { type ImageSize, imageSize } from "./image.ts";

export const TEXT_MAX = 4_096;
export const CAPTION_MAX = 1_024;
const CALLBACK_DATA_MAX_BYTES = 64;
const BUTTONS_MAX = 100;
const COMMANDS_MAX = 100;
const PHOTO_MAX_BYTES = 10 * 1024 * 1024;
const PHOTO_SIDES_MAX = 10_000;
const PHOTO_RATIO_MAX = 20;

export type ReplyMarkup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply | undefined;

export function checkText(text: string): void {
  if (text === "") throw badRequest("message text is empty");
  if (text.length > TEXT_MAX) throw badRequest("message is too long");
}

export function checkCaption(caption: string): void {
  if (caption.length > CAPTION_MAX) throw badRequest("message caption is too long");
}

/** The keyboard as the message will carry it; empty rows vanish, and only inline keyboards are part of a message. */
export function checkedKeyboard(markup: ReplyMarkup): InlineKeyboardMarkup | undefined {
  if (!markup || !("inline_keyboard" in markup)) return undefined;
  const rows = markup.inline_keyboard.filter((row) => row.length > 0);
  const buttons = rows.flat();
  if (buttons.length > BUTTONS_MAX) throw badRequest("REPLY_MARKUP_TOO_LONG");
  for (const button of buttons) {
    if (button.text.trim() === "") throw badRequest("BUTTON_TEXT_INVALID");
    if ("url" in button && !/^(https?|tg|ton):\/\//.test(button.url)) throw badRequest("BUTTON_URL_INVALID");
    if (!("callback_data" in button)) continue;
    const bytes = Buffer.byteLength(button.callback_data);
    if (bytes < 1 || bytes > CALLBACK_DATA_MAX_BYTES) throw badRequest("BUTTON_DATA_INVALID");
  }
  return rows.length > 0 ? { ...markup, inline_keyboard: rows } : undefined;
}

export function checkCommands(commands: readonly BotCommand[]): void {
  if (commands.length > COMMANDS_MAX) throw badRequest("BOT_COMMANDS_TOO_MUCH");
  for (const { command, description } of commands) {
    if (!/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
    if (description.trim() === "") throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
  }
}

export function checkedPhoto(bytes: Buffer): ImageSize {
  if (bytes.length > PHOTO_MAX_BYTES) throw tooLarge();
  const size = imageSize(bytes);
  if (!size || size.width === 0 || size.height === 0) throw badRequest("IMAGE_PROCESS_FAILED");
  const ratio = Math.max(size.width / size.height, size.height / size.width);
  if (size.width + size.height > PHOTO_SIDES_MAX || ratio > PHOTO_RATIO_MAX) throw badRequest("PHOTO_INVALID_DIMENSIONS");
  return size;
}
