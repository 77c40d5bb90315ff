import type { AccountState } from "../../domain/books.ts";
import type { DeskState } from "../../domain/desk.ts";
import type { RegisteredAccount } from "../../domain/desk-facts.ts";
import { messageOf, TransientError } from "../../domain/errors.ts";
import { decodeEvent } from "../../domain/event-codec.ts";
import type { AccountEvent, DeskEvent } from "../../domain/events.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { WakeUps } from "../../ports/queue.ts";
import { type Store, type StoredEvent, StoreUnavailable } from "../../ports/store.ts";
import type { Accounts } from "../accounts.ts";
import type { Desk } from "../desk.ts";
import type { Floors } from "../floors.ts";
import type { AccountServices } from "../services.ts";
import { accountOf, accountStream, DESK_STREAM, type StreamBook } from "../streams.ts";
import { FollowedAccount } from "./followed-account.ts";
import type { FollowedStream } from "./followed-stream.ts";
import { JointLook } from "./joint-look.ts";
import { Rounds } from "./rounds.ts";

/** The desk is read on so often, */
const DESK_EVERY_MS = 250;
/** and everything together so often; one stream by itself at once at a word. */
const ALL_EVERY_MS = 500;
/** So long an answer waits until what it speaks of is read here, and between two looks for it. */
const REACH_MS = 2_000;
const REACH_AGAIN_MS = 50;
/** A view of the desk that is older than this lets nothing enter: a halt may stand in what was not read yet. */
export const DESK_VIEW_MAX_MS = 1_000;

export interface FollowingOptions {
  readonly store: Pick<Store, "news">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly streams: Pick<StreamBook, "onAppend" | "add">;
  readonly wakeUps: Pick<WakeUps, "tell" | "onTell">;
  readonly desk: Pick<Desk, "state" | "isHeld">;
  /** Set where another process has the desk. */
  readonly deskStream: FollowedStream<DeskState, DeskEvent> | undefined;
  readonly accounts: Pick<Accounts, "get" | "add" | "read">;
  readonly floors: Pick<Floors, "atExchange">;
  /** What paper accounts share. */
  readonly paper: AccountServices;
  readonly onFatal: (failure: unknown) => void;
}

/** Reads on what other processes write: the desk, and every account that this process has not. */
export class Following {
  readonly #options: FollowingOptions;
  readonly #streams = new Map<string, FollowedStream<AccountState, AccountEvent>>();
  /** Streams that this process takes or has: a read of one that began before must not follow it beside its writer. */
  readonly #left = new Set<string>();
  readonly #stops: (() => void)[] = [];
  readonly #deskRounds: Rounds;
  readonly #allRounds: Rounds;
  readonly #newRounds: Rounds;
  readonly #caughtUp: JointLook;

  constructor(options: FollowingOptions) {
    this.#options = options;
    const { store, clock, deskStream } = options;
    const streams = () => [...(deskStream ? [deskStream] : []), ...this.#streams.values()];
    const all = new JointLook({ store, clock, streams });
    // Of its own: who waits for it does not wait for a round that is under way.
    this.#caughtUp = new JointLook({ store, clock, streams });
    this.#deskRounds = new Rounds(clock, DESK_EVERY_MS, async () => deskStream?.look());
    this.#allRounds = new Rounds(clock, ALL_EVERY_MS, () => all.look().catch(later));
    // Beside the others: a market that does not answer must not keep them from being read on.
    this.#newRounds = new Rounds(clock, ALL_EVERY_MS, () => this.followAll());
  }

  start(): void {
    const { streams, wakeUps, deskStream, onFatal } = this.#options;
    this.#stops.push(
      streams.onAppend((stream, rows) => {
        if (this.#writes(stream) && rows.some(isAwaited)) wakeUps.tell(stream);
        if (stream === DESK_STREAM) this.#newRounds.wake();
      }),
      wakeUps.onTell((topic) => {
        // Accounts of others are what people see, and nothing that an engine acts on before it has caught up: there the next round will do.
        const told = topic === DESK_STREAM ? deskStream : deskStream === undefined ? this.#streams.get(topic) : undefined;
        void told?.look().catch(onFatal);
      }),
    );
    for (const rounds of [this.#deskRounds, this.#allRounds, this.#newRounds]) rounds.start(onFatal);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    await Promise.all([this.#deskRounds, this.#allRounds, this.#newRounds].map((rounds) => rounds.stop()));
  }

  /** Why nothing may enter here: what the desk has decided lately is not known. */
  blind(): string | undefined {
    const { deskStream, clock } = this.#options;
    if (!deskStream) return undefined;
    const ageMs = clock.monotonicMs() - (deskStream.seenMs ?? Number.NEGATIVE_INFINITY);
    if (ageMs <= DESK_VIEW_MAX_MS) return undefined;
    const since = Number.isFinite(ageMs) ? `for ${(ageMs / 1_000).toFixed(1)} s` : "since this process started";
    return `the desk's own decisions could not be read ${since}, and a halt may be among them`;
  }

  /**
   * Resolves when everything is folded that was durable before the call in any stream that is followed here, the desk's or an account's. Rejects with
   * StoreUnavailable when the store does not answer: then it is not known what others have written. It costs one question, which all share who call before it
   * begins, and a second one to the store where something is new.
   */
  caughtUp(): Promise<void> {
    return this.#caughtUp.look();
  }

  /** An account, of those that matter, whose books are not read on here now: it is new, its exchange does not answer, or it is just being taken or given back. */
  unread(matters: (account: RegisteredAccount) => boolean): string | undefined {
    const { desk, accounts } = this.#options;
    const isRead = (stream: string) => this.#streams.has(stream) || accounts.get(stream)?.isHeld === true;
    return [...desk.state.accounts].find(([name, account]) => matters(account) && !isRead(accountStream(name)))?.[0];
  }

  /** Follows every account of the desk that is neither held nor followed yet. One whose exchange does not answer is tried again. */
  async followAll(): Promise<void> {
    const { logger } = this.#options;
    await Promise.all(
      this.#missing().map(async ([name, registered]) => {
        try {
          await this.#follow(name, registered);
        } catch (failure) {
          if (!(failure instanceof TransientError) && !(failure instanceof StoreUnavailable)) throw failure;
          logger.warn({ account: name, problem: messageOf(failure) }, "an account waits to be followed until its market answers");
        }
      }),
    );
  }

  #missing(): (readonly [string, RegisteredAccount])[] {
    return [...this.#options.desk.state.accounts].filter(([name]) => this.#isNew(accountStream(name)));
  }

  async #follow(name: string, { exchange, environment = "demo" }: RegisteredAccount): Promise<void> {
    const { accounts, floors, paper } = this.#options;
    const services = exchange === undefined ? paper : (await floors.atExchange(exchange, environment)).services;
    const stream = await accounts.read(name);
    // Taken by this process meanwhile: then it is more than followed.
    if (!accounts.get(stream.name)) this.#begin(stream, services);
  }

  #begin(stream: FollowedStream<AccountState, AccountEvent>, services: AccountServices): void {
    if (this.#left.has(stream.name)) return;
    this.#streams.set(stream.name, stream);
    this.#options.streams.add(stream.name, () => stream.end);
    this.#options.accounts.add(new FollowedAccount(stream, services));
  }

  /** Follows an account that this process had, on from where its books are. Its stream is read from what is known, so that a store that does not answer keeps nothing from it. */
  async followFrom(left: FollowedAccount): Promise<void> {
    const { accounts } = this.#options;
    // The books of an account that nobody has opened yet do not know its name.
    const account = accountOf(left.writer.name);
    if (account === undefined) return;
    this.#left.delete(left.writer.name);
    const stream = await accounts.read(account, left.state);
    if (accounts.get(stream.name) === left) this.#begin(stream, left.services);
  }

  /** Follows an account no longer, because this process is about to write it: two that fold into the same books would fold some events twice. */
  async leave(stream: string): Promise<void> {
    const followed = this.#streams.get(stream);
    this.#left.add(stream);
    this.#streams.delete(stream);
    await followed?.idle();
  }

  /** Follows an account again that could not be had after all. */
  async followAgain(stream: string): Promise<void> {
    const { accounts } = this.#options;
    const account = accounts.get(stream);
    this.#left.delete(stream);
    if (account instanceof FollowedAccount && !this.#streams.has(stream)) await this.followFrom(account);
  }

  /** Reads on until streams have come so far, also of an account that is only about to be followed. What the store does not show in time comes later. */
  async reach(reached: Readonly<Record<string, number>>): Promise<void> {
    await Promise.all(Object.entries(reached).map(([name, sequence]) => this.#reach(name, sequence)));
  }

  async #reach(name: string, sequence: number): Promise<void> {
    const { deskStream, clock } = this.#options;
    const untilMs = clock.monotonicMs() + REACH_MS;
    for (;;) {
      const stream = name === DESK_STREAM ? deskStream : this.#streams.get(name);
      if (!stream && !this.#isNew(name)) return;
      await (stream ? stream.reach(sequence) : this.followAll());
      if ((stream && stream.state.sequence >= sequence) || clock.monotonicMs() >= untilMs) return;
      await clock.sleep(REACH_AGAIN_MS);
    }
  }

  /** Whether a stream is an account's that this process has yet to read; one that it is just taking is not. */
  #isNew(stream: string): boolean {
    return stream !== DESK_STREAM && !this.#left.has(stream) && !this.#options.accounts.get(stream);
  }

  #writes(stream: string): boolean {
    const { desk, accounts } = this.#options;
    return stream === DESK_STREAM ? desk.isHeld : accounts.get(stream)?.isHeld === true;
  }
}

/** Whether somebody else may wait for a record. An audit line of the desk, which comes with each command, is for people alone, and they are asked where it is written. */
function isAwaited({ sequence, body }: StoredEvent): boolean {
  return decodeEvent<AccountEvent | DeskEvent>(sequence, body).event.type !== "command-done";
}

/** A store that does not answer leaves everything as old as it is until the next round. */
function later(failure: unknown): void {
  if (!(failure instanceof StoreUnavailable)) throw failure;
}
