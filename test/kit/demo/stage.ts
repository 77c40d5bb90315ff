import type { Command } from "./completion.ts";
import type { DeskProcess } from "./desk-process.ts";
import type { DiscordSide } from "./discord-side.ts";
import { type DeskState, Refused } from "./shapes.ts";
import type { TelegramSide } from "./telegram-side.ts";

export interface StageParts {
  readonly discord: DiscordSide;
  readonly telegram: TelegramSide;
  readonly desk: DeskProcess;
  /** What the head of the page says about prices. */
  readonly market: string;
}

/** Everything that the page shows and does. */
export class Stage {
  readonly discord: DiscordSide;
  readonly telegram: TelegramSide;
  readonly #desk: DeskProcess;
  readonly #market: string;
  #isClaimed = false;
  #ended: string | undefined;

  constructor({ discord, telegram, desk, market }: StageParts) {
    this.discord = discord;
    this.telegram = telegram;
    this.#desk = desk;
    this.#market = market;
    void desk.ended.then((how) => {
      this.#ended = how;
    });
  }

  deskState(): DeskState {
    return {
      isRunning: this.#ended === undefined,
      isClaimed: this.#isClaimed,
      market: this.#market,
      objections: [...this.discord.objections, ...this.telegram.objections],
      ended: this.#ended,
    };
  }

  /** Completion of slash commands happens here; the page only needs to know how many there are. */
  commands(): readonly Command[] {
    return this.discord.commands();
  }

  /** What an owner does first: claims the desk in Discord, lets the same person act in Telegram, and has alerts sent there too. */
  async claim(): Promise<void> {
    if (this.#isClaimed) throw new Refused("The desk was claimed already.");
    this.#isClaimed = true;
    await this.discord.slash(`/access link code:${await this.#desk.claimCode}`);
    // An admin is made with a second factor: the terminal is one.
    await this.#desk.type(`access grant user:${this.telegram.userId} role:admin`, `${this.telegram.userId} is admin`);
    await this.telegram.ask("/channel_subscribe");
  }
}
