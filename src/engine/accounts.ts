import { applyAccountEvent } from "../domain/account.ts";
import { type AccountState, type BotState, emptyAccount } from "../domain/books.ts";
import type { BotSpec } from "../domain/bot.ts";
import { ConfigError, messageOf, TransientError, UserError } from "../domain/errors.ts";
import type { AccountEvent } from "../domain/events.ts";
import type { Decimal } from "../domain/money.ts";
import type { Logger } from "../ports/logger.ts";
import { type Store, StoreUnavailable } from "../ports/store.ts";
import type { PaperVenue } from "../ports/venue.ts";
import type { Account, AccountWriter } from "./account.ts";
import { AccountSnapshots } from "./account-snapshots.ts";
import { BotStrategies } from "./bot-strategies.ts";
import { FollowedStream } from "./cluster/followed-stream.ts";
import { symbolsOf } from "./concerned.ts";
import type { Desk } from "./desk.ts";
import { follow } from "./follow.ts";
import { PaperAccount } from "./paper-account.ts";
import { BotRunner, readsOf, withoutRunner } from "./runner.ts";
import type { AccountServices } from "./services.ts";
import { openStream } from "./stream.ts";
import { accountStream, type StreamBook } from "./streams.ts";

export interface AccountsOptions {
  readonly store: Store;
  readonly streams: StreamBook;
  readonly desk: Desk;
  /** What a new paper account starts with, by currency; the first currency is the one it is valued in. */
  readonly paperBalances: ReadonlyMap<string, Decimal>;
  readonly openVenue: () => PaperVenue;
  readonly logger: Logger;
}

/** Between tries to start bots whose market does not answer. */
const RUN_RETRY_MS = 5_000;

/** Paper account of an owner: each has an own one. */
export function paperAccountOf(owner: string): string {
  return `paper:${owner}`;
}

/** Every account of this desk. Loading folds their streams; opening them puts them to work on a market. */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #accounts = new Map<string, Account>();
  readonly #active = new Map<string, Account[]>();
  readonly #symbols = new Map<string, ReadonlySet<string>>();
  readonly #strategies = new BotStrategies();
  readonly #snapshots: AccountSnapshots;
  /** Live markets whose running bots were not tried yet since the start. */
  readonly #starting = new Set<string>();
  #version = 0;
  #retryMs = 0;
  #retrying = false;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#snapshots = new AccountSnapshots(options.store, options.desk.clock);
    options.streams.onAppend(() => this.#changed());
  }

  get(account: string): Account | undefined {
    return this.#accounts.get(account);
  }

  all(): Account[] {
    return [...this.#accounts.values()];
  }

  /** Those that this process has. */
  held(): Account[] {
    return this.all().filter(({ isHeld }) => isHeld);
  }

  /** Those of them that some market must reach. */
  active(): readonly Account[] {
    return this.held().filter(({ active }) => active);
  }

  /** All that trade on one market and hold or run something. */
  activeOn(market: string): readonly Account[] {
    const known = this.#active.get(market) ?? this.all().filter((account) => account.active && account.services.market.key === market);
    this.#active.set(market, known);
    return known;
  }

  /** A bot's spec by id, deleted bots included. */
  specOf = (botId: string): BotSpec | undefined => {
    for (const { state } of this.#accounts.values()) {
      const bot = state.bots.get(botId);
      if (bot) return bot.spec;
    }
    return undefined;
  };

  #followedOn(market: string): ReadonlySet<string> {
    const watched = [...this.#options.desk.state.alerts.values()].flatMap((alert) => (alert.market === market ? alert.symbol : []));
    return new Set([...this.activeOn(market).flatMap(({ state }) => symbolsOf(state)), ...watched]);
  }

  /** Symbols of a market that a running bot or an alert reads, or somebody holds. */
  symbolsOn(market: string): ReadonlySet<string> {
    const known = this.#symbols.get(market) ?? this.#followedOn(market);
    this.#symbols.set(market, known);
    return known;
  }

  /** Grows whenever something about some account may have changed. */
  get version(): number {
    return this.#version;
  }

  #changed(): void {
    this.#version += 1;
    this.#active.clear();
    this.#symbols.clear();
  }

  /** Folds all registered accounts, newest snapshot first. */
  async load(): Promise<AccountWriter[]> {
    const { desk } = this.#options;
    return Promise.all([...desk.state.accounts.keys()].map((account) => this.write(account)));
  }

  /** Puts a loaded paper account to work. Its runners come with `resume`, once the market stands where they must begin. */
  put(writer: AccountWriter, services: AccountServices): Account {
    return this.add(new PaperAccount(writer, this.#options.openVenue(), services));
  }

  /** Adds an account, or puts it in the place of an earlier one of that name. */
  add<A extends Account>(account: A): A {
    this.#accounts.set(account.writer.name, account);
    this.#changed();
    return account;
  }

  byOwner(owner: string): Account | undefined {
    return this.#accounts.get(accountStream(paperAccountOf(owner)));
  }

  /** Makes sure that the desk knows the paper account of an owner. Returns its name. */
  async register(owner: string): Promise<string> {
    const name = paperAccountOf(owner);
    const { desk } = this.#options;
    if (!desk.state.accounts.has(name)) await desk.append([{ type: "account-registered", account: name, owner }]);
    return name;
  }

  /** The paper account of an owner, opened with the paper balance on first use. */
  async openFor(owner: string, services: AccountServices): Promise<Account> {
    const known = this.byOwner(owner);
    if (known) return this.#opened(known, owner);
    const name = await this.register(owner);
    const writer = await this.write(name);
    return this.#opened(this.byOwner(owner) ?? this.put(writer, services), owner);
  }

  /**
   * Finishes what a crash between two streams left half done, checks the market, and starts the bots that run: on a live market by `retry`, because
   * an exchange that does not answer must not keep chat, panic and the other accounts from their start. Those of an account that `joins` others at work
   * are tried at the next beat: its market must not stand still for them.
   */
  async resume(account: Account, owner: string, joins = false): Promise<void> {
    const { state, services } = account;
    if (account instanceof PaperAccount) await this.#opened(account, owner);
    if (state.market !== services.market.key) {
      const problem = `the paper account of ${owner} trades on "${state.market}", and this start asks for "${services.market.key}"`;
      throw new ConfigError([
        {
          setting: "MARKET",
          problem,
          remedy: "Set MARKET back, or give this market a store of its own, as STORE_URL=sqlite:data/other.sqlite",
        },
      ]);
    }
    if (joins) this.#retryMs = 0;
    else if (services.market.pace === "live") this.#starting.add(services.market.key);
    else for (const bot of withoutRunner(account)) await this.#tryRun(account, bot);
  }

  /** Whether bots of a live market wait for their first try: until then it must stand still, or they would miss the slot at which they start. */
  starting(market: string): boolean {
    return this.#starting.has(market);
  }

  /** Gives running bots their runners whose market has not answered yet, all at once but for those on one feed. Called at start and on every beat. */
  async retry(nowMs: number): Promise<void> {
    if (this.#retrying || nowMs < this.#retryMs) return;
    this.#retrying = true;
    this.#retryMs = nowMs + RUN_RETRY_MS;
    const markets = Map.groupBy(this.held(), ({ services }) => services.market.key);
    try {
      await Promise.all([...markets].map(([market, accounts]) => this.#runOn(market, accounts)));
    } finally {
      this.#retrying = false;
    }
  }

  async #runOn(market: string, accounts: readonly Account[]): Promise<void> {
    const waiting = accounts.flatMap((account) => withoutRunner(account).map((bot) => ({ account, bot })));
    const feeds = Map.groupBy(waiting, ({ bot: { spec } }) => `${spec.symbol} ${spec.timeframe}`);
    await Promise.all(
      [...feeds.values()].map(async (bots) => {
        for (const { account, bot } of bots) await this.#tryRun(account, bot);
      }),
    );
    this.#starting.delete(market);
  }

  /** A market that does not answer holds up only the bots on it. */
  async #tryRun(account: Account, { spec }: BotState): Promise<void> {
    try {
      await this.run(account, spec.id);
    } catch (failure) {
      if (!(failure instanceof TransientError) && !(failure instanceof UserError)) throw failure;
      this.#options.logger.warn({ bot: spec.name, problem: messageOf(failure) }, "a bot waits for its market; it is tried again");
    }
  }

  /** Gives a bot its runner: its feed warmed by history, so that it may act at its first slot. */
  async run(account: Account, botId: string): Promise<void> {
    const bot = account.state.bots.get(botId);
    if (!bot || account.runners.get(botId)) return;
    const runner = new BotRunner(bot, this.#strategies.of(bot.spec));
    const feed = await follow(this, account.services, bot.spec, runner.reads);
    if (!account.runners.get(botId)) account.runners.add(runner, feed.key);
  }

  /** Makes sure that a bot's feed reads what a changed spec will ask of it. */
  async warm({ services: { hub } }: Account, spec: BotSpec): Promise<void> {
    await hub.subscribe(spec.symbol, spec.timeframe, readsOf(spec, this.#strategies.of(spec)));
  }

  /** Gives a bot that runs a runner for what it is now, once its feed is warm. */
  renew({ runners }: Account, bot: BotState): void {
    const { spec } = bot;
    if (runners.get(spec.id)) runners.add(new BotRunner(bot, this.#strategies.of(spec)), `${spec.symbol} ${spec.timeframe}`);
  }

  /** Keeps where an account stands, so that a start reads a tail and the market resumes there. */
  snapshot(account: Account, always = true): Promise<void> {
    return this.#snapshots.keep(account, always);
  }

  /** Takes an account's stream for this process and folds it, on from what is folded already where it was followed. Rejects with StreamHeld while another process has it. */
  async write(account: string): Promise<AccountWriter> {
    const { store, streams, desk } = this.#options;
    const name = accountStream(account);
    const known = this.#accounts.get(name);
    const state = known && !known.isHeld && known.state.sequence > 0 ? known.state : ((await this.#snapshots.load(name)) ?? emptyAccount());
    const writer: AccountWriter = await openStream<AccountState, AccountEvent>({
      ...{ name, state, store, clock: desk.clock, apply: applyAccountEvent },
      onAppend: streams.appended,
      onTaken: (refusal) => {
        const current = this.#accounts.get(name);
        // What comes too late, after the account was given back, is nobody's fault: it is done where the account is now.
        if (current === undefined || (current.isHeld && current.writer === writer)) streams.taken(refusal);
      },
    });
    streams.add(name, () => writer.end);
    return writer;
  }

  /** Gives a stream back that could not be made an account. A store that does not answer makes up for it by itself. */
  async giveUp({ name }: AccountWriter): Promise<void> {
    await this.#options.store.release(name).catch((failure: unknown) => {
      if (!(failure instanceof StoreUnavailable)) throw failure;
    });
  }

  /** Reads an account's stream while another process has it, from a fold that is known already where there is one. Whoever follows it adds it to the streams of the desk. */
  async read(account: string, known?: AccountState): Promise<FollowedStream<AccountState, AccountEvent>> {
    const { store, streams, desk } = this.#options;
    const name = accountStream(account);
    const state = known ?? (await this.#snapshots.load(name)) ?? emptyAccount();
    const stream = new FollowedStream<AccountState, AccountEvent>({
      ...{ name, state, store, clock: desk.clock, apply: applyAccountEvent },
      onAppend: streams.appended,
    });
    await stream.look();
    return stream;
  }

  async #opened(account: Account, owner: string): Promise<Account> {
    if (account.state.sequence > 0) return account;
    const { market, hub } = account.services;
    account.position = hub.atMs;
    const balances = new Map(this.#options.paperBalances);
    const opened: AccountEvent = {
      type: "account-opened",
      account: paperAccountOf(owner),
      owner,
      mode: "paper",
      market: market.key,
      balances,
    };
    await account.appendOnce([opened]);
    return account;
  }
}
