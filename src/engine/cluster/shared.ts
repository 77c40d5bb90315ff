import type { BreakerSettings } from "../../domain/breaker.ts";
import { messageOf } from "../../domain/errors.ts";
import { UnknownEvent } from "../../domain/event-codec.ts";
import type { Limits, RiskScope } from "../../domain/limits.ts";
import type { Advisor } from "../../ports/advisor.ts";
import type { AskBook } from "../../ports/asks.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Cluster, Member } from "../../ports/cluster.ts";
import type { Engine } from "../../ports/engine.ts";
import type { Logger } from "../../ports/logger.ts";
import { type AccountWorker, type Queue, QueueUnavailable } from "../../ports/queue.ts";
import { AppendRefused, type Store, StoreUnavailable } from "../../ports/store.ts";
import type { Vault } from "../../ports/vault.ts";
import type { Account, AccountWriter } from "../account.ts";
import type { Accounts } from "../accounts.ts";
import { advisedSymbols } from "../advised-symbols.ts";
import { type Desk, openDesk } from "../desk.ts";
import type { TradingEngine } from "../engine.ts";
import type { Floors } from "../floors.ts";
import type { LiveDesk } from "../live/desk.ts";
import type { AccountServices } from "../services.ts";
import type { StrayNames } from "../stray-names.ts";
import { accountStream, DESK_STREAM, type StreamBook } from "../streams.ts";
import { AskServer } from "./ask-server.ts";
import { Asker } from "./asker.ts";
import { OF_TWO_ACCOUNTS, perform } from "./calls.ts";
import { appendFor, followDesk } from "./followed-desk.ts";
import { Following, type FollowingOptions } from "./following.ts";
import { Holdings } from "./holdings.ts";
import { Placement } from "./placement.ts";
import { Rounds } from "./rounds.ts";
import { RoutedEngine } from "./routed-engine.ts";
import { Share } from "./share.ts";
import { KeptAdvice, ReadAdvice } from "./shared-advice.ts";

/** How often jobs are made for accounts that have none, and shares are reckoned anew. */
const SPREAD_EVERY_MS = 2_000;

/** What ties a process to the others of its desk. */
export interface SharedOptions {
  /** `gateway` has the desk and people, `engine` has accounts. */
  readonly role: "gateway" | "engine";
  /** No other process has this name, nor ever had it. */
  readonly processName: string;
  readonly asks: AskBook;
  readonly cluster: Cluster;
  readonly queue: Pick<Queue, "tell" | "onTell" | "ensure" | "work">;
  readonly vault: Vault;
  /** Told of the processes that share the desk, every few seconds. */
  readonly saw: (members: readonly Member[]) => void;
}

interface SharedNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFatal: (failure: unknown) => void;
}

/** What an engine is made of, where it shares its desk with other processes. */
export interface SharedParts {
  readonly engine: TradingEngine;
  readonly accounts: Accounts;
  readonly names: StrayNames;
  readonly live: LiveDesk;
  readonly floors: Floors;
  readonly paper: AccountServices;
  readonly streams: StreamBook;
  /** Who is asked for advice in this process. */
  readonly advisor: () => Advisor | undefined;
  /** Puts an account that was taken to work. */
  readonly open: (writer: AccountWriter) => Promise<Account | undefined>;
}

/** One process of several that share a desk: follows what others write, takes accounts or hands them on, asks and is asked. */
export class Shared {
  /** What an engine's accounts ask for advice; a gateway is given who asks the service. */
  readonly advice: ReadAdvice | undefined;
  readonly #options: SharedOptions;
  readonly #needs: SharedNeeds;
  readonly #asker: Asker;
  readonly #share = new Share();
  #kept: KeptAdvice | undefined;
  #placement: Placement | undefined;
  #accounts: Accounts | undefined;
  #ids = 0;
  #deskStream: FollowingOptions["deskStream"];
  #following: Following | undefined;
  #desk: Desk | undefined;
  #server: AskServer | undefined;
  #spreading: Rounds | undefined;
  /** Accounts that the newest round of spreading knew. */
  #spreadAccounts: ReadonlySet<string> = new Set();
  #worker: AccountWorker | undefined;
  #holdings: Holdings | undefined;

  constructor(options: SharedOptions, needs: SharedNeeds) {
    this.#options = options;
    // What another process has taken is said by the stream itself; what came too late for an account that was given back is nobody's fault.
    const onFatal = (failure: unknown) => {
      if (!(failure instanceof AppendRefused)) needs.onFatal(failure);
    };
    this.#needs = { ...needs, onFatal };
    this.#asker = new Asker({ book: options.asks, wakeUps: options.queue, clock: needs.clock });
    const wanted = () => advisedSymbols(this.#accounts?.held() ?? []);
    this.advice = options.role === "engine" ? new ReadAdvice({ ...this.#needs, wakeUps: options.queue, wanted }) : undefined;
  }

  get onFatal(): (failure: unknown) => void {
    return this.#needs.onFatal;
  }

  /** The desk's stream, taken by a gateway and followed by an engine. */
  async openDesk(streams: StreamBook): Promise<Desk> {
    const { store, clock } = this.#needs;
    if (this.#options.role === "gateway") return openDesk(store, clock, streams);
    const { desk, stream } = await followDesk({ store, clock, streams, asker: this.#asker, newId: this.#newId });
    this.#deskStream = stream;
    return desk;
  }

  /** Why nothing may enter in this process: it does not know what the desk has decided lately. */
  blind(): string | undefined {
    return this.#following?.blind();
  }

  /** Waits until everything is known here that was durable before the call; resolves with why it could not be known. Real money needs the books of every live account, for the ceiling is over all of them. */
  async caughtUp(isLive = false): Promise<string | undefined> {
    const following = this.#following;
    if (!following) return "this process does not follow the others yet";
    try {
      await following.caughtUp();
      const spans = this.#spansAccounts();
      const unread = following.unread(({ environment }) => spans || (isLive && environment === "live"));
      return unread && `the books of ${unread} are not read here now, and what is limited is over several accounts`;
    } catch (failure) {
      if (!(failure instanceof StoreUnavailable)) throw failure;
      return `what other processes have decided could not be read: ${failure.message}`;
    }
  }

  /** How old what this process knows of the desk is, in milliseconds; undefined where it has the desk, or never saw it. */
  deskAgeMs(): number | undefined {
    const seenMs = this.#deskStream?.seenMs;
    return seenMs === undefined ? undefined : this.#needs.clock.monotonicMs() - seenMs;
  }

  /** Begins to follow, to ask and to be asked. Returns the engine as people see it. */
  async begin(parts: SharedParts, desk: Desk): Promise<Engine> {
    const { clock, logger, store, onFatal } = this.#needs;
    const { role, queue, vault } = this.#options;
    const { accounts, names, floors, paper, streams, open, engine } = parts;
    const deskStream = this.#deskStream;
    const following = new Following({
      ...{ store, clock, logger, streams, wakeUps: queue, desk, deskStream, accounts, floors, paper, onFatal },
    });
    this.#following = following;
    this.#desk = desk;
    this.#accounts = accounts;
    this.#placement = new Placement({ desk, accounts: () => accounts.all() });
    await following.followAll().catch((failure: unknown) => this.#cannotFollow(desk, failure));
    following.start();
    this.#advise(parts);
    const server = this.#serve(parts, desk);
    const onTaken = () => server.look();
    const onCut = () => this.#worker?.setCapacity(0);
    const holdings = new Holdings({
      ...{ clock, logger, store, desk, deskStream, accounts, names, following, open, onTaken, onCut, onFatal },
    });
    this.#holdings = holdings;
    if (role === "engine") this.#worker = queue.work({ capacity: 0, run: holdings.run });
    this.#spreading = new Rounds(clock, SPREAD_EVERY_MS, () => this.#spread(desk));
    this.#spreading.start(onFatal);
    const hand = async (stream: string) => {
      await holdings.give(stream);
      this.#spreading?.wake();
    };
    streams.onAppend((stream) => {
      // Of all that a desk writes only a new account changes who is to have what; the rest is seen in time.
      if (stream === DESK_STREAM && [...desk.state.accounts.keys()].some((account) => !this.#spreadAccounts.has(account)))
        this.#spreading?.wake();
    });
    if (role === "engine") return engine;
    return new RoutedEngine({ own: engine, desk, accounts, asker: this.#asker, following, vault, clock, hand, newId: this.#newId });
  }

  /** A gateway of a build that is too old for the accounts' streams has started the desk already: that is no crash, and many of them must not start the right one safe. */
  async #cannotFollow(desk: Desk, failure: unknown): Promise<never> {
    if (desk.isHeld && failure instanceof UnknownEvent)
      await desk.append([{ type: "desk-stopped", reason: `this version cannot read all accounts: ${failure.message}`, unwatched: [] }]);
    throw failure;
  }

  /** Whether something that people have set looks at several accounts: a limit, a breaker of the desk, or one that halts all of it wherever it opens. */
  #spansAccounts(): boolean {
    const { limits = new Map<RiskScope, Limits>(), breakers = new Map<RiskScope, BreakerSettings>() } = this.#desk?.state ?? {};
    return (
      [...limits.keys()].some((scope) => !scope.startsWith("account:") && !scope.startsWith("bot:")) ||
      [...breakers].some(([scope, set]) =>
        Object.values(set).some((each) => each !== "off" && (scope === "all" || each.reaction === "halt")),
      )
    );
  }

  /** Gives everything back; then nothing is followed or answered any more. */
  async stop(): Promise<void> {
    await this.#spreading?.stop();
    await this.#worker?.end();
    await this.#server?.stop();
    await this.#kept?.stop();
    await this.advice?.stop();
    await this.#following?.stop();
  }

  readonly #newId = (): string => {
    this.#ids += 1;
    return `${this.#options.processName}:${this.#ids}`;
  };

  /** One process asks the service for all of them: a gateway keeps its advice for engines, which read it. */
  #advise({ accounts, advisor }: SharedParts): void {
    this.advice?.start();
    if (this.#options.role !== "gateway") return;
    const wanted = () => advisedSymbols(accounts.all());
    this.#kept = new KeptAdvice({ ...this.#needs, wakeUps: this.#options.queue, wanted }, advisor);
    this.#kept.start();
  }

  #serve({ engine, live, accounts, streams }: SharedParts, desk: Desk): AskServer {
    const { clock, logger, onFatal } = this.#needs;
    const { asks, queue } = this.#options;
    const held = () => [...(desk.isHeld ? [DESK_STREAM] : []), ...accounts.held().map(({ writer }) => writer.name)];
    const server = new AskServer({
      ...{ book: asks, wakeUps: queue, clock, logger, onFatal, streams: held },
      serve: async (stream, call, args) => {
        if (stream === DESK_STREAM) return appendFor(desk, args);
        // The bot that is promoted is another account's, and its person may have made it a moment ago.
        if (OF_TWO_ACCOUNTS.has(call)) await this.caughtUp();
        return perform({ engine, live }, call, args);
      },
      reached: (stream) => ({ [stream]: streams.lastSequence(stream), [DESK_STREAM]: desk.state.sequence }),
    });
    this.#server = server;
    server.start();
    return server;
  }

  /** Nobody needs to have an account that was removed: its books are followed, and nothing happens in them. */
  #isRemoved(stream: string): boolean {
    return this.#accounts?.get(stream)?.state.venue.removed === true;
  }

  /** A gateway sees to it that every account has its job, an engine to its own fair share of them. With the queue or the store gone everything stays as it is. */
  async #spread(desk: Desk): Promise<void> {
    const { queue, cluster, role, processName } = this.#options;
    this.#spreadAccounts = new Set(desk.state.accounts.keys());
    const accounts = [...desk.state.accounts.keys()].map(accountStream).filter((stream) => !this.#isRemoved(stream));
    try {
      const members = await cluster.members();
      this.#options.saw(members);
      if (role === "gateway") {
        await this.#placement?.look(members);
        return await queue.ensure(accounts);
      }
      const running = this.#worker?.running.length ?? 0;
      const nowMs = this.#needs.clock.monotonicMs();
      const possible = accounts.filter((stream) => !this.#holdings?.hasRefused(stream));
      this.#worker?.setCapacity(this.#share.capacity({ self: processName, members, accounts: possible, running, nowMs }));
    } catch (failure) {
      if (!(failure instanceof QueueUnavailable) && !(failure instanceof StoreUnavailable)) throw failure;
      this.#needs.logger.debug({ problem: messageOf(failure) }, "accounts stay where they are: what spreads them does not answer");
    }
  }
}
