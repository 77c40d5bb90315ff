import type { Api } from "grammy";
import type { Update, UserFromGetMe } from "grammy/types";
import { messageOf } from "../../domain/errors.ts";
import type { Secret } from "../../domain/secret.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { refusalOf } from "./fault.ts";

export interface ConnectionOptions {
  readonly token: Secret;
  readonly apiUrl: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly onFailure: (reason: string) => void;
  /** Called once, before the first updates. */
  readonly onReady: (api: Api, me: UserFromGetMe) => void;
  /** Resolves when the updates may be confirmed. Must not reject. */
  readonly onUpdates: (updates: readonly Update[]) => Promise<void>;
}

type LibrarySignal = NonNullable<Parameters<Api["getMe"]>[0]>;

const REQUEST_TIMEOUT_SECONDS = 60;
const POLL_SECONDS = 30;
const BATCH_MAX = 100;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;
const CONFLICT_RETRY_MS = 60_000;
const RATE_RETRIES_MAX = 3;
const RATE_WAIT_MAX_SECONDS = 60;
/** Answers under way at a stop have this long to leave. */
const STOP_GRACE_MS = 150;

const TOKEN_REFUSED = "Telegram refused the token: put the one that @BotFather shows into TELEGRAM_TOKEN and start again.";
const SECOND_POLLER =
  "Another process reads this Telegram bot's messages: end the second process, or if there is none the token has leaked, so revoke it at @BotFather and set TELEGRAM_TOKEN anew.";

/**
 * The long poll. grammY's own `start` confirms an update whose handler threw, confirms at `stop` what is still being
 * stored, and sleeps without an end signal; so its client is used and the loop is ours: a batch is confirmed by the next
 * poll, which begins when everything in the batch is stored.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #polling = new AbortController();
  readonly #calls = new AbortController();
  #api: Api | undefined;
  #running: Promise<void> = Promise.resolve();
  #isIntroduced = false;
  #reachable = false;
  #failures = 0;
  #inConflict = false;
  #offset = 0;
  #confirmed = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get api(): Api | undefined {
    return this.#api;
  }

  get reachable(): boolean {
    return this.#reachable && !this.#polling.signal.aborted;
  }

  /** Aborted when no call may be under way any more. */
  get signal(): AbortSignal {
    return this.#calls.signal;
  }

  /** Begins in the background. */
  open(): void {
    this.#running = this.#run().catch((error: unknown) => {
      this.#reachable = false;
      this.#options.logger.error({ error: messageOf(error) }, "Telegram ended");
      this.#options.onFailure("Telegram ended because of an internal error; the log says which.");
    });
  }

  /** Ends the poll at once and everything else after a moment of grace for what `idle` waits for. */
  async close(idle: () => Promise<void>): Promise<void> {
    if (this.#calls.signal.aborted) return;
    this.#polling.abort();
    const enough = new AbortController();
    const grace = this.#options.clock.sleep(STOP_GRACE_MS, enough.signal);
    await Promise.race([Promise.all([this.#running, idle()]), grace]);
    enough.abort();
    this.#calls.abort();
  }

  async #run(): Promise<void> {
    const { clock, onUpdates } = this.#options;
    const api = await this.#load();
    while (!this.#polling.signal.aborted) {
      try {
        await this.#introduce(api);
        const updates = await this.#poll(api);
        await onUpdates(updates);
        // The last, not the largest: the numbers may begin anew after a silent week.
        this.#offset = (updates.at(-1)?.update_id ?? this.#offset - 1) + 1;
      } catch (error) {
        if (this.#polling.signal.aborted) break;
        const waitMs = this.#waitAfter(error);
        if (waitMs === undefined) return;
        await clock.sleep(waitMs, this.#polling.signal);
      }
    }
    await this.#confirmLast(api);
  }

  async #load(): Promise<Api> {
    const [{ Api }, { autoRetry }] = await Promise.all([import("grammy"), import("@grammyjs/auto-retry")]);
    const apiRoot = this.#options.apiUrl.replace(/\/+$/, "");
    const api = new Api(this.#options.token.reveal(), { apiRoot, timeoutSeconds: REQUEST_TIMEOUT_SECONDS });
    const obeying = autoRetry({
      maxRetryAttempts: RATE_RETRIES_MAX,
      maxDelaySeconds: RATE_WAIT_MAX_SECONDS,
      rethrowHttpErrors: true,
      rethrowInternalServerErrors: true,
    });
    // The loop has its own patience, and ends before the answers do.
    const ofLoop = new Set<string>(["getMe", "deleteWebhook", "getUpdates"]);
    api.config.use((previous, method, payload) =>
      ofLoop.has(method)
        ? previous(method, payload, signalOf(this.#polling.signal.aborted ? this.#calls : this.#polling))
        : obeying(previous, method, payload, signalOf(this.#calls)),
    );
    this.#api = api;
    return api;
  }

  async #introduce(api: Api): Promise<void> {
    if (this.#isIntroduced) return;
    const me = await api.getMe();
    await api.deleteWebhook();
    this.#isIntroduced = true;
    this.#reachable = true;
    this.#options.logger.info({ bot: me.username }, "connected to Telegram");
    this.#options.onReady(api, me);
  }

  async #poll(api: Api): Promise<Update[]> {
    // After a failure the first poll returns at once, so that we know soon that all is well again.
    const timeout = this.#failures === 0 && !this.#inConflict ? POLL_SECONDS : 0;
    const offset = this.#offset;
    const wanted = { offset, limit: BATCH_MAX, timeout, allowed_updates: ["message", "callback_query", "my_chat_member"] as const };
    const updates = await api.getUpdates(wanted);
    this.#confirmed = offset;
    if (!this.#reachable) this.#options.logger.info({}, "Telegram is reachable again");
    this.#reachable = true;
    this.#inConflict = false;
    this.#failures = 0;
    return updates;
  }

  /** How long to wait after a failure; undefined when trying again is of no use. */
  #waitAfter(error: unknown): number | undefined {
    const { logger, onFailure } = this.#options;
    const refusal = refusalOf(error);
    // 404 is what a text that never was a token gets.
    if (refusal?.error_code === 401 || refusal?.error_code === 404) {
      this.#reachable = false;
      logger.error({ code: refusal.error_code }, TOKEN_REFUSED);
      onFailure(TOKEN_REFUSED);
      return undefined;
    }
    if (refusal?.error_code === 409) {
      logger.error({ description: refusal.description }, SECOND_POLLER);
      if (!this.#inConflict) onFailure(SECOND_POLLER);
      this.#inConflict = true;
      return CONFLICT_RETRY_MS;
    }
    this.#reachable = false;
    const retryAfterMs = (refusal?.parameters.retry_after ?? 0) * 1_000;
    const waitMs = Math.max(retryAfterMs, Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(this.#failures, 6)));
    this.#failures += 1;
    logger.warn({ error: messageOf(error), waitMs }, "Telegram cannot be reached; trying again");
    return waitMs;
  }

  /** What was stored during the stop need not come again at the next start. */
  async #confirmLast(api: Api): Promise<void> {
    if (this.#offset === this.#confirmed) return;
    try {
      await api.getUpdates({ offset: this.#offset, limit: 1, timeout: 0 });
    } catch (error) {
      this.#options.logger.debug({ error: messageOf(error) }, "the last Telegram updates will come again; they are known then");
    }
  }
}

/** The library's types know only the signal of a package from before Node had one; at run time they are alike. */
function signalOf({ signal }: AbortController): LibrarySignal {
  return signal as LibrarySignal;
}
