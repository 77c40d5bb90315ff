import type { MessageEntity } from "@grammyjs/types";

/** What the page is told. Texts are raw: the page shows them as text and nothing else. */
export interface Button {
  readonly label: string;
  readonly style: "plain" | "primary" | "danger" | "success";
  /** What the page sends back to press it. */
  readonly key: string;
}

/** A picture of a message: where this page has it, and what it shows in words. */
export interface Picture {
  readonly path: string;
  readonly alt: string;
}

export type Block =
  | { readonly kind: "text"; readonly content: string }
  | { readonly kind: "picture"; readonly picture: Picture }
  | { readonly kind: "buttons"; readonly buttons: readonly Button[] };

export interface DiscordMessage {
  readonly id: string;
  readonly author: string;
  readonly atMs: number;
  /** What a person did to get this answer. */
  readonly asked: string | undefined;
  readonly isThinking: boolean;
  readonly isEphemeral: boolean;
  readonly isEdited: boolean;
  /** `#rrggbb` of the card's edge. */
  readonly accent: string | undefined;
  readonly blocks: readonly Block[];
}

export interface TelegramMessage {
  readonly id: string;
  readonly isMine: boolean;
  readonly atMs: number;
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  readonly picture: Picture | undefined;
  readonly isEdited: boolean;
  /** The first words of the message that this one answers. */
  readonly answers: string | undefined;
  readonly keyboard: readonly (readonly Button[])[];
}

export interface Suggestion {
  /** The whole line when it is taken. */
  readonly line: string;
  readonly label: string;
  readonly hint: string;
}

export interface Form {
  readonly id: string;
  readonly title: string;
  readonly fields: readonly { readonly key: string; readonly label: string; readonly lengthMax: number }[];
}

export interface DeskState {
  readonly isRunning: boolean;
  readonly isClaimed: boolean;
  readonly market: string;
  /** What the two services objected to so far. */
  readonly objections: readonly string[];
  readonly ended: string | undefined;
}

/** What the app tells a person who tries something that cannot be done. */
export class Refused extends Error {}
