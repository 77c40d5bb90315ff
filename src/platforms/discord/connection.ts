import type { Client, ClientOptions, Interaction, REST } from "discord.js";
import { messageOf } from "../../domain/errors.ts";
import type { Secret } from "../../domain/secret.ts";
import { MINUTE_MS, SECOND_MS } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { Api } from "./api.ts";
import { withFinalEnd } from "./final-end.ts";
import { Reach } from "./reach.ts";
import { wireClient, wireRest } from "./wiring.ts";

/** Paces IDENTIFY; discord.js' own waits 5 s between two of one shard. */
export interface IdentifyThrottler {
  waitForIdentify(shardId: number, signal: AbortSignal): Promise<void>;
}

export interface ConnectionParts {
  readonly token: Secret;
  /** `https://discord.com/api`, or where a local counterpart listens. */
  readonly apiUrl: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly identifyThrottler?: IdentifyThrottler;
  /** Told once when Discord refuses the token: the platform stays down until a new start. */
  readonly onFailure: (reason: string) => void;
  readonly onReady: (applicationId: string, session: AbortSignal) => void;
  readonly onInteraction: (interaction: Interaction) => void;
}

type Discord = typeof import("discord.js");

const RETRY_FIRST_MS = SECOND_MS;
const RETRY_MAX_MS = MINUTE_MS;
/** A session that lasted this long counts as a good one: the next back-off begins anew. */
const GOOD_SESSION_MS = MINUTE_MS;
const REQUEST_TIMEOUT_MS = 5_000;
const REQUEST_RETRIES = 2;
const INVALID_REQUEST_WARNING_EVERY = 100;
/** Discord announces servers one by one; commands that come meanwhile would wait for the last of them. */
const SERVER_WAIT_MS = SECOND_MS;
const GOODBYE_MAX_MS = 80;
const AUTHENTICATION_FAILED = 4004;
const TOKEN_REFUSED =
  "Discord refused the token in DISCORD_TOKEN: create a new one in the Discord developer portal, set DISCORD_TOKEN and restart.";

/** The life of the connection: logs in, stays connected, gives up only when the token is refused. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #life = new AbortController();
  readonly #reach: Reach;
  #api: Api | undefined;
  #rest: REST | undefined;
  #client: Client | undefined;
  #endSession: (() => void) | undefined;
  #isRefused = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#reach = new Reach(parts.clock, this.#life.signal);
  }

  get reachable(): boolean {
    return this.#reach.reachable;
  }

  /** Undefined before the start. */
  get api(): Api | undefined {
    return this.#api;
  }

  /** Aborted when the platform stops. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Loads discord.js and begins to log in; the network is not waited for. */
  async open(): Promise<void> {
    const discord = await import("discord.js");
    const rest = new discord.REST(this.#restOptions(discord)).setToken(this.#parts.token.reveal());
    wireRest(rest, this.#parts.logger);
    const api = new Api(rest, (outcome) => {
      if (outcome === "token-refused") this.#refuse();
      else this.#reach.note(outcome, api, (error) => this.#parts.logger.debug({ error }, "Discord is still away"));
    });
    this.#rest = rest;
    this.#api = api;
    void this.#stayConnected(discord);
  }

  async close(): Promise<void> {
    this.#life.abort();
    this.#endSession?.();
    this.#rest?.clearHashSweeper();
    this.#rest?.clearHandlerSweeper();
    const patience = new AbortController();
    await Promise.race([this.#destroyClient(), this.#parts.clock.sleep(GOODBYE_MAX_MS, patience.signal)]);
    patience.abort();
  }

  async #stayConnected(discord: Discord): Promise<void> {
    const { clock, logger } = this.#parts;
    let delayMs = RETRY_FIRST_MS;
    while (!this.#isOver()) {
      const beganMs = clock.monotonicMs();
      const reason = await this.#session(discord);
      if (this.#isOver()) return;
      if (clock.monotonicMs() - beganMs >= GOOD_SESSION_MS) delayMs = RETRY_FIRST_MS;
      logger.warn({ reason, delayMs }, "not connected to Discord; trying again");
      await clock.sleep(delayMs, this.#life.signal);
      delayMs = Math.min(delayMs * 2, RETRY_MAX_MS);
    }
  }

  /** One client from login to its end; a client that failed cannot be used again. Resolves with why it ended. */
  async #session(discord: Discord): Promise<string> {
    const session = new AbortController();
    const client: Client = new discord.Client(this.#clientOptions(discord, () => client));
    this.#client = client;
    const ended = new Promise<string>((resolve) => {
      this.#endSession = () => resolve("closed by us");
      wireClient(client, this.#parts.logger, {
        onGateway: (isReady) => {
          this.#reach.gatewayReady = isReady && !session.signal.aborted;
        },
        onReady: (applicationId) => this.#parts.onReady(applicationId, session.signal),
        onInteraction: this.#parts.onInteraction,
        onEnd: (reason, code) => {
          if (code === AUTHENTICATION_FAILED) this.#refuse();
          resolve(reason);
        },
      });
      client.login(this.#parts.token.reveal()).catch((error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === "TokenInvalid") this.#refuse();
        resolve(messageOf(error));
      });
    });
    const reason = await ended;
    session.abort();
    this.#reach.gatewayReady = false;
    await this.#destroyClient();
    return reason;
  }

  #refuse(): void {
    if (this.#isRefused || this.#life.signal.aborted) return;
    this.#isRefused = true;
    this.#reach.refuse();
    this.#parts.logger.error({ setting: "DISCORD_TOKEN" }, TOKEN_REFUSED);
    this.#endSession?.();
    this.#parts.onFailure(TOKEN_REFUSED);
  }

  #isOver(): boolean {
    return this.#isRefused || this.#life.signal.aborted;
  }

  async #destroyClient(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.destroy().catch((error: unknown) => {
      this.#parts.logger.debug({ error: messageOf(error) }, "the Discord client did not close cleanly");
    });
  }

  #clientOptions(discord: Discord, client: () => Client): ClientOptions {
    const throttler = this.#parts.identifyThrottler;
    return {
      intents: [discord.GatewayIntentBits.Guilds],
      enforceNonce: true,
      allowedMentions: { parse: [] },
      waitGuildTimeout: SERVER_WAIT_MS,
      rest: this.#restOptions(discord),
      ws: {
        buildStrategy: (manager) => withFinalEnd(new discord.SimpleShardingStrategy(manager), () => this.#client !== client()),
        ...(throttler === undefined ? {} : { buildIdentifyThrottler: async () => throttler }),
      },
    };
  }

  #restOptions(discord: Discord) {
    const { makeRequest } = discord.DefaultRestOptions;
    return {
      api: this.#parts.apiUrl,
      version: "10",
      timeout: REQUEST_TIMEOUT_MS,
      retries: REQUEST_RETRIES,
      invalidRequestWarningInterval: INVALID_REQUEST_WARNING_EVERY,
      // A call that hangs must not hold up the end of the process.
      makeRequest: (url, init) =>
        makeRequest(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, this.#life.signal]) : this.#life.signal }),
    } satisfies ClientOptions["rest"];
  }
}
