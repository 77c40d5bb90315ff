import { accountStream, DESK_STREAM } from "../../../src/engine/streams.ts";
import type { Engine } from "../../../src/ports/engine.ts";
import type { AppendBatch } from "../../../src/ports/store.ts";
import type { Books } from "../referee/books.ts";
import type { ProcessFacts, Told } from "../referee/law.ts";
import type { Machine } from "../world/machine.ts";
import type { Reach } from "../world/reach.ts";
import { toldBy } from "../world/told.ts";
import type { Crew } from "./crew.ts";
import type { HoldersLaw, Holding } from "./holders.ts";
import type { ClusterMember } from "./member.ts";

/** Who was disturbed, or has just taken an account, looks at it within this time. */
const LOOK_MS = 5_000;
/** Who took an account from a process that gave nothing back waits for the exchange's receive window first. */
const WINDOW_MS = 5_000;

export interface WatchParts {
  readonly machine: Machine;
  readonly crew: Crew;
  readonly holders: HoldersLaw;
  readonly books: Books;
  readonly reach: Reach;
}

/** What the rig itself knows of the processes: which of them works, and what they say. */
export class Watch {
  readonly #parts: WatchParts;
  /** How far each stream has come. */
  readonly #lengths = new Map<string, number>();
  healthySinceMs: number | undefined;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  durable({ stream, bodies }: AppendBatch, firstSequence: number): void {
    this.#lengths.set(stream, firstSequence + bodies.length - 1);
  }

  /** What a person can talk to: the gateway, and nobody else. */
  reach(): { readonly process: number; readonly engine: Engine } | undefined {
    const { gateway } = this.#parts.crew;
    if (!gateway?.opened || gateway.generation.frozen || gateway.isEnding) return undefined;
    return { process: gateway.number, engine: gateway.opened.front };
  }

  /** Whether the process that has an account can do something about it now. */
  reaches(account: string): boolean {
    const { reach, machine } = this.#parts;
    return this.#isTended(accountStream(account)) && machine.works && reach.isClear(account, machine.wall.trueMs());
  }

  second(): ProcessFacts {
    const { machine, crew, books } = this.#parts;
    const streams = [DESK_STREAM, ...[...books.accounts.values()].map(({ stream }) => stream)];
    const isHealthy = machine.calm && crew.gateway?.works === true && streams.every((stream) => this.#isTended(stream));
    this.healthySinceMs = isHealthy ? (this.healthySinceMs ?? machine.wall.trueMs()) : undefined;
    return this.facts();
  }

  facts(): ProcessFacts {
    const { crew } = this.#parts;
    const { gateway, members } = crew;
    const told = gateway?.works && this.#isCaughtUp(gateway) ? () => this.#told(gateway) : undefined;
    return {
      number: crew.changes,
      alive: gateway?.opened !== undefined && crew.engines.some(({ opened }) => opened !== undefined),
      callsWaiting: Math.max(0, ...members.map(({ generation }) => generation.waiting)),
      sleeping: Math.max(0, ...members.map(({ clock }) => clock.sleeping)),
      told,
    };
  }

  #isTended(stream: string): boolean {
    const holding = this.#parts.holders.holderOf(stream);
    const member = holding && this.#memberOf(holding);
    if (!holding || !member?.works) return false;
    const { timeline, wall } = this.#parts.machine;
    const waitsMs = LOOK_MS + (holding.isTakeover ? WINDOW_MS : 0);
    return timeline.nowMs - member.disturbedMs >= LOOK_MS && wall.trueMs() - holding.sinceMs >= waitsMs;
  }

  #memberOf({ process }: Holding): ClusterMember | undefined {
    return this.#parts.crew.members.find(({ number }) => number === process);
  }

  #isCaughtUp({ opened }: ClusterMember): boolean {
    return [...this.#lengths].every(([stream, length]) => opened?.streams.lastSequence(stream) === length);
  }

  /** What the gateway tells people; what only the process that has something knows is asked there, as far as anybody says it. */
  #told(gateway: ClusterMember): Told {
    const { crew, holders, books, machine } = this.#parts;
    const all = crew.members.flatMap(({ opened }) => (opened ? [toldBy(opened)] : []));
    const own = gateway.opened && toldBy(gateway.opened);
    const reading = [...books.bots.values()].filter(
      ({ status, account }) => status === "running" && books.accounts.get(account)?.mode === "paper",
    );
    const marketMs = reading.map(({ account }) => {
      const holding = holders.holderOf(account);
      return (holding && this.#memberOf(holding)?.opened?.engine.market().atMs) ?? 0;
    });
    return {
      problems: all.flatMap(({ problems }) => problems),
      unknownOrders: Math.max(0, ...all.map(({ unknownOrders }) => unknownOrders)),
      marketMs: Math.min(machine.wall.now(), ...marketMs),
      balances: own?.balances ?? new Map(),
      positions: own?.positions ?? new Map(),
    };
  }
}
