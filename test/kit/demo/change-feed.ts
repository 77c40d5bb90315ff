import type { DeskState, DiscordMessage, TelegramMessage } from "./shapes.ts";
import type { Stage } from "./stage.ts";

export type Change =
  | { readonly kind: "discord"; readonly message: DiscordMessage }
  | { readonly kind: "telegram"; readonly message: TelegramMessage }
  | { readonly kind: "gone"; readonly side: "discord" | "telegram"; readonly id: string }
  | { readonly kind: "desk"; readonly state: DeskState };

export type Listener = (change: Change) => void;

const LOOK_EVERY_MS = 100;

/** Looks at both chats ten times a second and tells what is different. Messages are compared by identity, which costs nothing. */
export class ChangeFeed {
  readonly #stage: Stage;
  readonly #listeners = new Set<Listener>();
  readonly #seen = { discord: new Map<string, object>(), telegram: new Map<string, object>() };
  readonly #timer: NodeJS.Timeout;
  #deskSeen = "";

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  #look(): void {
    const { discord, telegram } = this.#stage;
    this.#compare("discord", discord.versions(), (id) => ({ kind: "discord", message: discord.message(id) }));
    this.#compare("telegram", telegram.versions(), (id) => ({ kind: "telegram", message: telegram.message(id) }));
    const state = this.#stage.deskState();
    const text = JSON.stringify(state);
    if (text !== this.#deskSeen) this.#tell({ kind: "desk", state });
    this.#deskSeen = text;
  }

  #compare(side: "discord" | "telegram", now: Map<string, object>, changeOf: (id: string) => Change): void {
    const before = this.#seen[side];
    for (const id of before.keys()) if (!now.has(id)) this.#tell({ kind: "gone", side, id });
    for (const [id, version] of now) if (before.get(id) !== version) this.#tell(changeOf(id));
    this.#seen[side] = now;
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
