import type { MessageEntity, User } from "@grammyjs/types";
import { type ApiFailure, badRequest } from "./api-failure.ts";

export type FormattedText = { text: string; entities: MessageEntity[] };

/** Entity for a link: links to a known person become mentions, as in the app. */
export function linkEntity(offset: number, length: number, url: string, userById: (id: number) => User | undefined): MessageEntity {
  const userId = /^tg:\/\/user\?id=(\d+)$/.exec(url)?.[1];
  const user = userId ? userById(Number(userId)) : undefined;
  return user ? { type: "text_mention", offset, length, user } : { type: "text_link", offset, length, url };
}

export function unparsable(detail: string): ApiFailure {
  return badRequest(`can't parse entities: ${detail}`);
}
