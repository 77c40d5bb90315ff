import { type Store, StoreUnavailable } from "../ports/store.ts";
import type { Account } from "./account.ts";
import type { Accounts } from "./accounts.ts";
import type { Bots } from "./bots.ts";
import type { Desk } from "./desk.ts";
import { accountStream } from "./streams.ts";

/** Names are looked through so often, */
const LOOK_EVERY_MS = 5_000;
/** and a name that no bot has had for so long is given back: by then nothing that was asked of a store, or of the process that has the desk, is on its way. */
export const STRAY_MS = 30_000;

interface Parts {
  readonly desk: Desk;
  readonly accounts: Pick<Accounts, "get">;
  readonly bots: Pick<Bots, "betweenCreations">;
  readonly store: Pick<Store, "read">;
}

/**
 * Names in the desk's stream without a bot in the account's: a bot that was being made, or deleted, when a process died or a store refused the second of the
 * two writes. Nobody could use such a name. Whoever has the account gives it back, for nobody else knows whether the bot is still coming.
 */
export class StrayNames {
  readonly #parts: Parts;
  /** Since when nothing has had a name, by the bot's id. */
  #strays = new Map<string, number>();
  #lookedMs = Number.NEGATIVE_INFINITY;
  #working = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Settles what a crash left, for accounts that were just taken: what is asked of them now waits for it, or goes on with a name first. */
  async settle(isTaken: (account: string) => boolean = () => true): Promise<void> {
    const { desk, bots } = this.#parts;
    const isStray = (botId: string, account: string) => !this.#hasBot(botId, account);
    const strays = [...desk.state.bots.values()].filter(({ botId, account }) => isTaken(account) && isStray(botId, account));
    for (const { botId, account } of strays)
      await bots.betweenCreations(accountStream(account), async () => {
        if (isStray(botId, account)) await desk.append([{ type: "bot-unregistered", botId }]);
      });
  }

  /** On every beat: the names of the accounts that this process has. */
  async tend(nowMs: number): Promise<void> {
    if (this.#working || nowMs - this.#lookedMs < LOOK_EVERY_MS) return;
    this.#lookedMs = nowMs;
    const known = this.#strays;
    const strays = [...this.#parts.desk.state.bots.values()].filter(
      ({ botId, account }) => this.#held(account) !== undefined && !this.#hasBot(botId, account),
    );
    this.#strays = new Map(strays.map(({ botId }) => [botId, known.get(botId) ?? nowMs]));
    const due = strays.filter(({ botId }) => nowMs - (this.#strays.get(botId) ?? nowMs) >= STRAY_MS);
    if (due.length === 0) return;
    this.#working = true;
    try {
      for (const { botId, account } of due)
        await this.#parts.bots.betweenCreations(accountStream(account), () => this.#giveBack(botId, account));
    } catch (failure) {
      // It is tried again.
      if (!(failure instanceof StoreUnavailable)) throw failure;
    } finally {
      this.#working = false;
    }
  }

  async #giveBack(botId: string, name: string): Promise<void> {
    const { desk, store } = this.#parts;
    const account = this.#held(name);
    if (!account) return;
    // A write that was called failed may have been kept after all, and its bot would have no name.
    const newer = await store.read(accountStream(name), account.state.sequence, 1);
    if (newer.length > 0 || this.#hasBot(botId, name)) return;
    await desk.append([{ type: "bot-unregistered", botId }]);
  }

  #held(name: string): Account | undefined {
    const account = this.#parts.accounts.get(accountStream(name));
    return account?.isHeld ? account : undefined;
  }

  #hasBot(botId: string, name: string): boolean {
    const bot = this.#parts.accounts.get(accountStream(name))?.state.bots.get(botId);
    return bot !== undefined && !bot.deleted;
  }
}
