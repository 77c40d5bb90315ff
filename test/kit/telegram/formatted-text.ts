import type { MessageEntity, ParseMode, User } from "@grammyjs/types";
import { badRequest } from "./api-failure.ts";
import type { FormattedText } from "./entities.ts";
import { parseHtml } from "./html.ts";
import { parseMarkdownV2 } from "./markdown.ts";

export type Formatting = { parse_mode?: ParseMode | undefined; entities?: MessageEntity[] | undefined };

/** What a reader sees of a text that is sent: markup became entities, white space at the ends is gone. */
export function formatted(source: string, formatting: Formatting, userById: (id: number) => User | undefined): FormattedText {
  if (formatting.parse_mode === "HTML") return trimmed(parseHtml(source, userById));
  if (formatting.parse_mode === "MarkdownV2") return trimmed(parseMarkdownV2(source, userById));
  if (formatting.parse_mode) throw badRequest("unsupported parse_mode");
  return trimmed({ text: source, entities: formatting.entities ?? [] });
}

function trimmed({ text, entities }: FormattedText): FormattedText {
  const firstEntity = Math.min(text.length, ...entities.map((entity) => entity.offset));
  let start = 0;
  while (start < firstEntity && /\s/.test(text.charAt(start))) start += 1;
  const kept = text.slice(start).trimEnd();
  const moved = entities.map((entity) => {
    const offset = entity.offset - start;
    return { ...entity, offset, length: Math.min(entity.length, kept.length - offset) };
  });
  const ordered = moved.filter((entity) => entity.length > 0).sort((a, b) => a.offset - b.offset || b.length - a.length);
  return { text: kept, entities: ordered };
}
