import type { Rates } from "../../domain/conversion.ts";
import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import type { DeskEvent } from "../../domain/events.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import { exchangeMarketKey } from "../../domain/market-key.ts";
import type { SealedKey } from "../../domain/sealed.ts";
import { clauseOf } from "../../domain/sentences.ts";
import { wallMs } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AccountTest, Caller, NewAccount } from "../../ports/engine.ts";
import type { Environment, LiveVenue } from "../../ports/live-venue.ts";
import { StoreUnavailable } from "../../ports/store.ts";
import type { ReconcileFacts } from "../../ports/venue-facts.ts";
import type { AccountWriter } from "../account.ts";
import type { Accounts } from "../accounts.ts";
import type { Desk } from "../desk.ts";
import type { Floor, Floors } from "../floors.ts";
import { SerialQueue } from "../queue.ts";
import { accountStream } from "../streams.ts";
import { LiveAccount } from "./account.ts";
import { checkTaken, problemsOf } from "./account-checks.ts";
import { Ceiling, type CeilingLimit } from "./ceiling.ts";
import { checkNewAccount, checkSameAccount, credentialsOf, firstReading, keyEvents, type LiveOpening, openedEvent } from "./connect.ts";
import { ExchangeHealth, measured } from "./health.ts";
import { removal } from "./removal.ts";

/** Between tries to write a ban down. */
const BAN_AGAIN_MS = 1_000;

export interface LiveDeskOptions {
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly floors: Floors;
  readonly clock: Clock;
  readonly opening: LiveOpening;
  readonly ceiling: CeilingLimit | undefined;
  readonly rates: Rates;
  readonly onFatal: (failure: unknown) => void;
}

/** An exchange that answered to the key of an account that is being made or given another key. */
interface Reached {
  readonly venue: LiveVenue;
  readonly first: Awaited<ReturnType<typeof firstReading>>;
  readonly floor: Floor;
}

/** The accounts at real exchanges: opened at start, connected, tested and removed by people. */
export class LiveDesk {
  readonly ceiling: Ceiling;
  readonly #options: LiveDeskOptions;
  /** By exchange and world. */
  readonly #health = new Map<string, ExchangeHealth>();
  /** Accounts that are being made or given another key. */
  readonly #taking = new SerialQueue();

  constructor(options: LiveDeskOptions) {
    this.#options = options;
    const live = () => options.accounts.all().filter(({ state }) => state.mode === "live");
    this.ceiling = new Ceiling({ limit: options.ceiling, lowered: () => options.desk.state.ceiling, live, rates: options.rates });
  }

  all(): LiveAccount[] {
    return this.#options.accounts.all().filter((account) => account instanceof LiveAccount);
  }

  /** An account at an exchange by name; throws UserError when there is none. */
  find(name: string): LiveAccount {
    const account = this.#options.accounts.get(accountStream(name));
    if (account instanceof LiveAccount && !account.state.venue.removed) return account;
    throw new UserError(`There is no account named ${name.slice(0, 40)} at an exchange. account list shows those there are.`);
  }

  /** Opens an account that was connected before. Without its key or its exchange it waits and says why. */
  async open(writer: AccountWriter, exchangeId: string, environment: Environment): Promise<LiveAccount> {
    const { floors, accounts, onFatal } = this.#options;
    const floor = await floors.atExchange(exchangeId, environment);
    const { venue, locked } = await this.#venueOf(writer, exchangeId, environment);
    const ceiling = environment === "live" ? this.ceiling : undefined;
    const health = this.#healthOf(exchangeId, environment);
    return accounts.add(new LiveAccount({ writer, services: floor.services, venue, locked, ceiling, health, onFatal }));
  }

  async #venueOf(
    writer: AccountWriter,
    exchangeId: string,
    environment: Environment,
  ): Promise<{ venue: LiveVenue | undefined; locked: string | undefined }> {
    const { opening } = this.#options;
    const { state } = writer;
    if (state.venue.removed) return { venue: undefined, locked: "the account was removed" };
    if (opening.vault.locked !== undefined) return { venue: undefined, locked: opening.vault.locked };
    try {
      const credentials = await credentialsOf(state, opening.vault);
      const venue = await this.#openVenue(exchangeId, environment, credentials, () => writer.unheld());
      return { venue, locked: undefined };
    } catch (failure) {
      if (!(failure instanceof UserError)) throw failure;
      return { venue: undefined, locked: failure.message };
    }
  }

  #healthOf(exchangeId: string, environment: Environment): ExchangeHealth {
    const key = exchangeMarketKey(exchangeId, environment === "demo");
    const known = this.#health.get(key) ?? new ExchangeHealth(() => this.#options.clock.monotonicMs());
    this.#health.set(key, known);
    return known;
  }

  async #openVenue(
    exchangeId: string,
    environment: Environment,
    credentials: NewAccount["credentials"],
    barred: () => string | undefined,
  ): Promise<LiveVenue> {
    const { desk, opening, onFatal } = this.#options;
    const bannedUntilMs = desk.state.bans.get(exchangeId)?.untilMs;
    const onBan = (untilMs: number, reason: string) =>
      void this.#noteBan({ type: "venue-banned", exchange: exchangeId, untilMs: wallMs(untilMs), reason }).catch(onFatal);
    const venue = await opening.openVenue({ exchangeId, environment, credentials, bannedUntilMs, onBan, barred });
    return measured(venue, this.#healthOf(exchangeId, environment), () => this.#options.clock.monotonicMs());
  }

  /** The silence holds in memory at once; it is written as soon as the store can, as long as it is worth anything. */
  async #noteBan(banned: Extract<DeskEvent, { type: "venue-banned" }>): Promise<void> {
    const { desk } = this.#options;
    while (banned.untilMs > desk.clock.wall()) {
      try {
        return await desk.append([banned]);
      } catch (failure) {
        if (!(failure instanceof StoreUnavailable)) throw failure;
        await desk.clock.sleep(BAN_AGAIN_MS);
      }
    }
  }

  /** Checks a key at its exchange, seals it and opens the account; for an account of that name, replaces its key. */
  async connect(wish: NewAccount, caller: Caller): Promise<LiveAccount> {
    const { desk, opening, accounts } = this.#options;
    checkNewAccount(wish, opening);
    const known = accounts.get(accountStream(wish.name));
    if (known instanceof LiveAccount && known.state.requests.includes(caller.requestId)) return known;
    checkTaken(desk.state, known, wish, caller);
    const barred = () => accounts.get(accountStream(wish.name))?.writer.unheld();
    const venue = await this.#openVenue(wish.exchangeId, wish.environment, wish.credentials, barred);
    try {
      const first = await firstReading(venue, wish, desk.clock);
      const floor = await this.#options.floors.atExchange(wish.exchangeId, wish.environment);
      // Two of one name may have come so far at once: one makes the account, and the other one finds it.
      return await this.#taking.run(() => this.#take(wish, caller, { venue, first, floor }));
    } catch (failure) {
      await venue.close();
      throw failure;
    }
  }

  /** Gives an account another key, for a process that has sealed it and has not the account. */
  async changeKey(wish: Omit<NewAccount, "credentials">, sealed: SealedKey, caller: Caller): Promise<void> {
    const { apiKey, secret, passphrase } = await this.#options.opening.vault.open(handedPurpose(wish.name), sealed);
    if (!apiKey || !secret) throw new UserError(`The sealed key of ${wish.name} is not whole. Connect it again.`);
    await this.connect({ ...wish, credentials: { apiKey, secret, ...(passphrase && { passphrase }) } }, caller);
  }

  async #take(wish: NewAccount, caller: Caller, { venue, first, floor }: Reached): Promise<LiveAccount> {
    const { desk, accounts, opening, onFatal } = this.#options;
    const { name, exchangeId, environment } = wish;
    const known = accounts.get(accountStream(name));
    checkTaken(desk.state, known, wish, caller);
    if (known instanceof LiveAccount) await checkSameAccount(known.state, venue);
    const keySet = await keyEvents(wish, first, opening.vault);
    if (known instanceof LiveAccount) {
      const resumed = { type: "account-resumed" as const, reason: "another key was connected" };
      await known.appendOnce(() => [keySet, ...(known.state.venue.paused?.code === "key" ? [resumed] : [])], caller.requestId);
      await known.venue?.close();
      known.venue = venue;
      known.locked = undefined;
      known.reconciler.soon();
      return known;
    }
    // Taken before anybody else hears of it: whoever found it without books would strike its name again.
    const writer = await accounts.write(name);
    const registered = { type: "account-registered" as const, account: name, owner: caller.user, exchange: exchangeId, environment };
    const ceiling = environment === "live" ? this.ceiling : undefined;
    const account = new LiveAccount({
      ...{ writer, services: floor.services, venue, locked: undefined, ceiling, onFatal },
      health: this.#healthOf(exchangeId, environment),
    });
    const opened = openedEvent(wish, caller.user, exchangeMarketKey(exchangeId, environment === "demo"), first);
    try {
      // A name without books was given to that person before, and the store failed then; so it may have kept the books, too.
      await desk.append(() => (desk.state.accounts.has(name) ? [] : [registered]), caller.requestId);
      await account.appendOnce(writer.state.sequence > 0 ? [keySet] : [opened, keySet], caller.requestId);
    } catch (failure) {
      await accounts.giveUp(writer);
      throw failure;
    }
    return accounts.add(account);
  }

  /** Reads everything that an account needs, and says what is not as it should be. */
  async test(name: string): Promise<AccountTest> {
    const account = this.find(name);
    const { venue } = account;
    if (!venue) throw new UserError(`${name} cannot be tested: ${clauseOf(account.locked ?? "its key is not at hand")}.`);
    try {
      const begunMs = this.#options.clock.monotonicMs();
      await venue.syncClock();
      const roundTripMs = this.#options.clock.monotonicMs() - begunMs;
      const rights = await venue.checkKey();
      const held = await venue.balances();
      const balances = new Map([...held].map(([coin, { free, locked }]) => [coin, free.plus(locked)]));
      const clockOffsetMs = venue.clock()?.offsetMs ?? 0;
      return { rights, clockOffsetMs, roundTripMs, balances, problems: problemsOf(account, rights, clockOffsetMs) };
    } catch (failure) {
      if (!(failure instanceof TransientError)) throw failure;
      throw new UserError(`${exchangeName(venue.exchangeId)} did not answer: ${messageOf(failure)}. Try again in a moment.`, {
        cause: failure,
      });
    }
  }

  async reconcile(name: string): Promise<ReconcileFacts> {
    const account = this.find(name);
    if (!account.venue) throw new UserError(`${name} cannot be reconciled: ${account.locked ?? "its key is not at hand"}.`);
    await account.reconciler.running;
    return account.reconciler.run();
  }

  /** Lets an account enter again. A pause with a cause that lasts comes back by itself. */
  async resume(name: string, caller: Caller): Promise<void> {
    const account = this.find(name);
    const { paused } = account.state.venue;
    if (!paused) throw new UserError(`${name} is not paused.`);
    let isResumed = account.state.requests.includes(caller.requestId);
    // It may be paused for another reason while this waits for the store: that is nothing that anybody has looked at.
    const resumed = () => {
      if (isResumed || account.state.venue.paused !== paused) return [];
      isResumed = true;
      return [{ type: "account-resumed" as const, reason: `resumed by ${caller.user}` }];
    };
    await account.appendOnce(resumed, caller.requestId);
    if (!isResumed) throw new UserError(`${name} is not paused as it was any more. Look what holds now, then send it again.`);
    account.reconciler.recheck();
  }

  async remove(name: string, caller: Caller): Promise<void> {
    const account = this.find(name);
    // In the account's turn: an entry that is being written down is not in its books yet, and one that comes later finds the account closed.
    const venue = await account.queue.run(async () => {
      await account.appendOnce(() => removal(account.state, caller), caller.requestId);
      const left = account.venue;
      account.venue = undefined;
      account.locked = "the account was removed";
      return left;
    });
    await venue?.close();
  }

  /** Wraps every sealed key under the current key-encryption key. Returns how many were wrapped anew. */
  async rotateKeys(): Promise<number> {
    const { vault } = this.#options.opening;
    let count = 0;
    for (const account of this.all()) {
      const { key } = account.state.venue;
      const sealed = key && (await vault.rewrap(`account:${account.state.account}`, key.sealed));
      if (!sealed) continue;
      await account.appendEvents([{ type: "key-rewrapped", sealed }]);
      count += 1;
    }
    return count;
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map(({ venue }) => venue?.close()));
  }
}

/** Binds a sealed key that one process hands to another to its account. */
export function handedPurpose(account: string): string {
  return `handed:${account}`;
}
