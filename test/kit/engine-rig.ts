import type { AccountState } from "../../src/domain/books.ts";
import { decodeEvent } from "../../src/domain/event-codec.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../../src/domain/events.ts";
import { type Decimal, decimal, plain } from "../../src/domain/money.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { type EngineOptions, type OpenedEngine, openEngine } from "../../src/engine/open.ts";
import type { Caller, NewBot } from "../../src/ports/engine.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Market } from "../../src/ports/market.ts";
import type { Store } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { FakeClock } from "./fake-clock.ts";
import { NO_VENUES } from "./no-venues.ts";

export interface RigOptions extends Partial<Omit<EngineOptions, "market" | "clock" | "logger" | "onFatal">> {
  readonly market: Market;
  readonly clock?: FakeClock;
}

/** The real engine over a given market and store, with everything that a test wants to ask it. */
export interface EngineRig extends OpenedEngine {
  readonly clock: FakeClock;
  readonly store: Store;
  /** What the engine called fatal. */
  readonly fatal: unknown[];
  /** Sentences that were logged as warnings or errors. */
  readonly complaints: string[];
  /** Moves a scripted market so many minutes. */
  move(minutes: number): Promise<void>;
  books(owner: string): AccountState;
  /** The books as plain text, without what may differ between equal runs (ids, wall times, sequences). */
  summary(owner: string): unknown;
  events(owner: string): Promise<Recorded<AccountEvent>[]>;
  eventsOf<T extends AccountEvent["type"]>(owner: string, type: T): Promise<Extract<AccountEvent, { type: T }>[]>;
}

export const OWNER = "discord:1";

export async function openRig(options: RigOptions): Promise<EngineRig> {
  const { clock = new FakeClock(), store = openMemoryStore(), ...rest } = options;
  const fatal: unknown[] = [];
  const complaints: string[] = [];
  const opened = await openEngine({
    speed: "script",
    limits: { dailyLossPct: 50, positionCapPct: 100 },
    timeZone: "UTC",
    paperBalances: new Map([["USDT", decimal(10_000)]]),
    openVenue: openPaperVenue,
    live: NO_VENUES,
    openMarket: () => Promise.reject(new Error("this test opens no exchange")),
    ceiling: undefined,
    version: "test",
    safeAfterCrashes: 0,
    crashCause: undefined,
    residentBytes: () => 0,
    onFatal: (failure) => void fatal.push(failure),
    ...rest,
    store,
    clock,
    logger: listener(complaints),
  });
  const books = (owner: string): AccountState => {
    const account = opened.engine.accountOf(owner);
    if (!account) throw new Error(`${owner} has no account`);
    return account.state;
  };
  const events = (owner: string) => recordedEvents<AccountEvent>(store, `account:paper:${owner}`);
  return {
    ...opened,
    clock,
    store,
    fatal,
    complaints,
    move: async (minutes) => void (await opened.engine.moveMarket({ forMs: minutes * MINUTE_MS })),
    books,
    summary: (owner) => summaryOf(books(owner)),
    events,
    async eventsOf<T extends AccountEvent["type"]>(owner: string, type: T) {
      const all = (await events(owner)).map(({ event }) => event);
      return all.filter((event): event is Extract<AccountEvent, { type: T }> => event.type === type);
    },
  };
}

/** Everything that a stream holds. */
export async function recordedEvents<E extends AccountEvent | DeskEvent>(store: Store, stream: string): Promise<Recorded<E>[]> {
  const rows = await store.read(stream, 0, 1_000_000);
  return rows.map(({ sequence, body }) => decodeEvent<E>(sequence, body));
}

/** A caller with a request id. */
export function by(requestId: string, user = OWNER): Caller {
  return { requestId, user };
}

/** A new bot with quick averages, so that it trades often; what a test cares about it says itself. */
export function wishFor(wish: Partial<NewBot> & { name: string }): NewBot {
  return {
    group: undefined,
    symbol: "BTC/USDT",
    timeframe: "1m",
    strategy: "ema-cross",
    params: { fast: 2, slow: 5 },
    sizing: { kind: "equity-percent", pct: 20 },
    protection: { stopPct: undefined, takePct: undefined, trailingPct: undefined },
    ...wish,
  };
}

/** Makes and starts a bot. */
export async function startBot(rig: OpenedEngine, wish: Partial<NewBot> & { name: string }, owner = OWNER): Promise<void> {
  await rig.engine.createBot(wishFor(wish), by(`create-${wish.name}`, owner));
  await rig.engine.startBot(wish.name, by(`start-${wish.name}`, owner));
}

export function summaryOf(state: AccountState): unknown {
  const text = (value: Decimal | undefined) => value && plain(value);
  return {
    account: state.account,
    market: state.market,
    balances: [...state.balances].map(([coin, value]) => [coin, plain(value)]).sort(),
    day: state.day && [state.day.day, plain(state.day.equity)],
    breakers: [...state.breakers.open.values()].map(({ breaker, scope, sinceMs, untilMs, day }) => [breaker, scope, sinceMs, untilMs, day]),
    panic: state.panic,
    bots: [...state.bots.values()]
      .filter(({ deleted }) => !deleted)
      .map((bot) => ({
        name: bot.spec.name,
        status: bot.status,
        startedMs: bot.startedMs,
        actedSlotMs: bot.actedSlotMs,
        quantity: plain(bot.position.quantity),
        cost: plain(bot.position.cost),
        grossRealized: plain(bot.position.grossRealized),
        feesPaid: plain(bot.position.feesPaid),
        openedMs: bot.position.openedMs,
        fillCount: bot.position.fillCount,
        base: plain(bot.baseEntries),
        quote: plain(bot.quoteEntries),
        highest: text(bot.highest),
        results: [...bot.results].map(([at, { realized, fees, ...counts }]) => [at, plain(realized), plain(fees), counts]),
      })),
    orders: [...state.orders.values()]
      .map(({ purpose, side, quantity, filledQuantity, price, status, sinceMs, botId }) => {
        const bot = state.bots.get(botId)?.spec.name;
        return [bot, purpose, side, plain(quantity), plain(filledQuantity), text(price), status, sinceMs].join(" ");
      })
      .sort(),
  };
}

function listener(complaints: string[]): Logger {
  const note = (facts: Record<string, unknown>, message: string) => void complaints.push(`${message} ${JSON.stringify(facts)}`);
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: note, error: note, child: () => logger };
  return logger;
}
