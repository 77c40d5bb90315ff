import type { Dispatcher } from "../../../chat/dispatcher.ts";
import type { Streams } from "../../../ports/streams.ts";
import { type Bearer, isStillKnown } from "../bearer.ts";
import { ApiProblem } from "../problem.ts";
import { Connection } from "./connection.ts";
import * as limit from "./limits.ts";
import { CLOSED } from "./messages.ts";
import { SharedPages } from "./pages.ts";
import { Sight } from "./sight.ts";
import type { Telling } from "./telling.ts";
import type { Wire } from "./wire.ts";

export interface LiveSources {
  readonly streams: Streams;
  readonly specOf: Telling["specOf"];
}

/** All live connections of a desk. They read what is durable and ask for facts that are in memory; nothing that trades knows of them. */
export class LiveHub {
  readonly #door: Dispatcher;
  readonly #sources: LiveSources;
  readonly #pages: SharedPages;
  readonly #connections = new Set<Connection>();
  readonly #unlisten: () => void;
  #ticking: AbortController | undefined;
  #isStopped = false;

  constructor(door: Dispatcher, sources: LiveSources) {
    this.#door = door;
    this.#sources = sources;
    this.#pages = new SharedPages(sources.streams);
    this.#unlisten = sources.streams.onAppend(() => {
      for (const connection of this.#connections) connection.wake();
    });
  }

  /** Whether there is room for one more of this program. Throws a 429 or 503 that says what to do. */
  admit({ idPrefix }: Bearer): void {
    if (this.#isStopped) throw new ApiProblem(503, CLOSED.stopping.reason, { "retry-after": "1" });
    const own = [...this.#connections].filter(({ owner }) => owner === idPrefix).length;
    if (own >= limit.CONNECTIONS_PER_TOKEN)
      throw new ApiProblem(429, `At most ${limit.CONNECTIONS_PER_TOKEN} live connections for a token; close one first.`);
    if (this.#connections.size >= limit.CONNECTIONS_MAX)
      throw new ApiProblem(503, `At most ${limit.CONNECTIONS_MAX} live connections at once; try again later.`, { "retry-after": "30" });
  }

  /** Serves a connection that was admitted. */
  take(wire: Wire, bearer: Bearer): void {
    const { clock, logger, desk } = this.#door.options;
    const { streams, specOf } = this.#sources;
    let known: { readonly sequence: number; readonly sight: Sight } | undefined;
    const sight = () => {
      if (!isStillKnown(bearer, this.#door)) return undefined;
      const { sequence } = desk.state;
      if (known?.sequence !== sequence) known = { sequence, sight: new Sight(this.#door, bearer) };
      return known.sight.isAny ? known.sight : undefined;
    };
    const parts = { streams, specOf, pages: this.#pages, clock, logger, desk: desk.state, wire, sight, owner: bearer.idPrefix };
    const connection = new Connection({
      ...parts,
      accounts: () => this.#door.options.engine.accounts(),
      closed: () => {
        this.#connections.delete(connection);
        if (this.#connections.size === 0) this.#ticking?.abort();
      },
    });
    this.#connections.add(connection);
    if (this.#ticking === undefined) void this.#tick();
  }

  /** Says to everybody that the desk stops. What is not closed then is cut by `cut`. */
  stop(): void {
    this.#isStopped = true;
    this.#unlisten();
    for (const connection of this.#connections) connection.close(CLOSED.stopping);
  }

  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  /** Looks after all connections as long as there are any. */
  async #tick(): Promise<void> {
    const { clock, engine } = this.#door.options;
    const ticking = new AbortController();
    this.#ticking = ticking;
    while (!ticking.signal.aborted) {
      await clock.sleep(limit.TICK_MS, ticking.signal);
      if (ticking.signal.aborted) break;
      const wanted = [...this.#connections].some(({ wantsEquity }) => wantsEquity);
      const accounts = wanted ? engine.accounts() : [];
      for (const connection of this.#connections) connection.tick(accounts);
    }
    this.#ticking = undefined;
    if (this.#connections.size > 0) void this.#tick();
  }
}
