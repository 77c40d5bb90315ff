import type { DeskState } from "../../domain/desk.ts";
import { ConfigError, TransientError } from "../../domain/errors.ts";
import type { DeskEvent } from "../../domain/events.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RunEnd } from "../../ports/queue.ts";
import { type Store, StoreUnavailable, StreamHeld } from "../../ports/store.ts";
import type { Account, AccountWriter } from "../account.ts";
import type { Accounts } from "../accounts.ts";
import type { Desk } from "../desk.ts";
import { STOP_SETTLE_MS } from "../limits.ts";
import { LiveAccount } from "../live/account.ts";
import { mayStillTake } from "../live/unanswered.ts";
import type { StrayNames } from "../stray-names.ts";
import { accountOf } from "../streams.ts";
import { within } from "../within.ts";
import { FollowedAccount } from "./followed-account.ts";
import type { FollowedStream } from "./followed-stream.ts";
import type { Following } from "./following.ts";

/** How long an account that cannot be had here is left to others before it is tried again. */
const REFUSED_MS = 60_000;
/** How often it is looked whether an account is this process's still, */
const LOOK_EVERY_MS = 2_000;
/** and how long without a right to it before it is given up. */
const GIVE_UP_MS = 20_000;

export interface HoldingsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  readonly desk: Desk;
  readonly deskStream: FollowedStream<DeskState, DeskEvent> | undefined;
  readonly accounts: Accounts;
  readonly names: StrayNames;
  readonly following: Following;
  /** Puts an account that was taken to work; undefined where there is none any more. */
  readonly open: (writer: AccountWriter) => Promise<Account | undefined>;
  /** Called when an account is this process's, so that what others ask of it is looked for. */
  readonly onTaken: () => void;
  /** Called when this process has no right to its accounts any more that it could renew: it should take none until it can be reached again. */
  readonly onCut: () => void;
  readonly onFatal: (failure: unknown) => void;
}

/** The accounts that this process takes and gives back. */
export class Holdings {
  readonly #options: HoldingsOptions;
  /** Why an account cannot be had here, by stream. */
  readonly #refused = new Map<string, { readonly message: string; readonly atMs: number }>();

  constructor(options: HoldingsOptions) {
    this.#options = options;
  }

  /** Has an account from the moment it can be taken until the signal is aborted. */
  run = async (stream: string, signal: AbortSignal): Promise<RunEnd> => {
    const { logger } = this.#options;
    try {
      const account = await this.#take(stream);
      if (!account) return "retired";
      logger.info({ account: account.state.account }, "this process has the account from now on");
      await this.#untilOver(stream, signal);
      await this.give(stream);
      return "released";
    } catch (failure) {
      if (failure instanceof StreamHeld) return "held-elsewhere";
      if (failure instanceof ConfigError) return this.#cannotHave(stream, failure);
      if (!(failure instanceof StoreUnavailable) && !(failure instanceof TransientError)) throw failure;
      logger.warn({ stream, problem: failure.message }, "an account could not be taken or given back; it is tried again");
      return "released";
    }
  };

  /** An account that this process is not set up for is another one's to have; it is said once, and offered on. */
  #cannotHave(stream: string, { message }: ConfigError): RunEnd {
    const { logger, clock } = this.#options;
    if (this.#refused.get(stream)?.message !== message) logger.error({ stream, problem: message }, "an account cannot be had here");
    this.#refused.set(stream, { message, atMs: clock.monotonicMs() });
    return "released";
  }

  /** Whether this process could not have an account a moment ago: it leaves it to others for a while. */
  hasRefused(stream: string): boolean {
    const refused = this.#refused.get(stream);
    return refused !== undefined && this.#options.clock.monotonicMs() - refused.atMs < REFUSED_MS;
  }

  async #take(stream: string): Promise<Account | undefined> {
    const { desk, deskStream, accounts, names, following, onTaken, onFatal } = this.#options;
    const name = accountOf(stream);
    if (name === undefined) return undefined;
    if (!desk.state.accounts.has(name)) await deskStream?.look();
    if (!desk.state.accounts.has(name)) return undefined;
    await following.leave(stream);
    const account = await this.#opened(name).finally(() => {
      if (!accounts.get(stream)?.isHeld) void following.followAgain(stream).catch(onFatal);
    });
    if (!account) return undefined;
    // Names that the process before it was given are known only then.
    await deskStream?.look();
    await names.settle((each) => each === name);
    onTaken();
    return account;
  }

  /** Takes the stream and puts the account to work; gives the stream back when it cannot be. */
  async #opened(name: string): Promise<Account | undefined> {
    const { store, accounts, open } = this.#options;
    const writer = await accounts.write(name);
    let account: Account | undefined;
    try {
      account = writer.state.venue.removed ? undefined : await open(writer);
    } finally {
      // What was put to work before it failed is given back like any other: nothing of it may go on under a stream that is another one's.
      if (!account && accounts.get(writer.name)?.isHeld) await this.give(writer.name);
      else if (!account) await store.release(writer.name);
    }
    return account;
  }

  /** Gives an account back, so that another process may have it at once: what is under way ends first, within a moment, or is taken up there as after a crash. */
  async give(stream: string): Promise<void> {
    const { accounts, clock } = this.#options;
    const account = accounts.get(stream);
    if (!account?.isHeld) return;
    // No step, price or ask reaches it from here on.
    const left = accounts.add(new FollowedAccount(account.writer, account.services));
    await within(clock, STOP_SETTLE_MS, account.settled());
    if (account instanceof LiveAccount) {
      // What still waits for the exchange is cut off.
      await account.venue?.close();
      await within(clock, STOP_SETTLE_MS, account.settled());
    }
    await within(clock, STOP_SETTLE_MS, tolerant(accounts.snapshot(account)));
    await this.#release(left, mayStillTake(account));
  }

  /** A store that does not answer makes up for the release by itself, and the account's job must not wait for it. */
  async #release(left: FollowedAccount, isUnanswered: boolean): Promise<void> {
    const { store, following, clock, onFatal } = this.#options;
    await within(clock, STOP_SETTLE_MS, tolerant(store.release(left.writer.name, isUnanswered)));
    void following.followFrom(left).catch(onFatal);
  }

  /** Until it is to be given back, or this process has had no right to it for so long that others should have it. */
  async #untilOver(stream: string, signal: AbortSignal): Promise<void> {
    const { store, clock, logger, onCut } = this.#options;
    let heldMs = clock.monotonicMs();
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal);
      const problem = store.unheld(stream);
      const nowMs = clock.monotonicMs();
      if (problem === undefined) heldMs = nowMs;
      if (nowMs - heldMs < GIVE_UP_MS) continue;
      logger.warn({ stream, problem }, "an account is given up, because this process has no right to it that it could renew");
      onCut();
      return;
    }
  }
}

/** A store that does not answer loses nothing here. */
async function tolerant(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (failure) {
    if (!(failure instanceof StoreUnavailable)) throw failure;
  }
}
