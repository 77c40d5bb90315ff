import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BotSpec } from "../../src/domain/bot.ts";
import { encodeEvent } from "../../src/domain/event-codec.ts";
import type { AccountEvent, DeskEvent } from "../../src/domain/events.ts";
import { decimal } from "../../src/domain/money.ts";
import { wallMs } from "../../src/domain/time.ts";
import { paperAccountOf } from "../../src/engine/accounts.ts";
import { type OpenedEngine, openEngine } from "../../src/engine/open.ts";
import type { MarketSpeed } from "../../src/engine/pump.ts";
import { accountStream, DESK_STREAM } from "../../src/engine/streams.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Market } from "../../src/ports/market.ts";
import type { Store } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";
import { strategyNamed } from "../../src/strategies/registry.ts";
import { systemClock } from "../../src/system/clock.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { NO_VENUES } from "../../test/kit/no-venues.ts";

export const BOTS_PER_ACCOUNT = 50;
const BALANCE = decimal(1_000_000);
const NOTIONAL = decimal(100);
const STOP_PCT = 5;
const TAKE_PCT = 20;
const START_WALL_MS = Date.UTC(2026, 0, 1);
const APPEND_MAX = 1_000;

export type StoreKind = "sqlite" | "memory";

export interface BenchStore {
  readonly store: Store;
  remove(): Promise<void>;
}

/** An empty store of that kind; a file lies in a folder of its own, which goes away with it. */
export async function emptyStore(kind: StoreKind): Promise<BenchStore> {
  if (kind === "memory") {
    const store = openMemoryStore();
    return { store, remove: () => store.close() };
  }
  const folder = mkdtempSync(join(tmpdir(), "scalpstorm-bench-"));
  const store = await openSqliteStore({ file: join(folder, "desk.sqlite") });
  return {
    store,
    async remove() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Writes a desk with so many running bots, spread over accounts of fifty and over the symbols, the strategies and parameters mixed. `more`
 * says what else happened to each, `shaped` makes other bots of them.
 */
export async function seedBots(
  store: Store,
  market: Market,
  bots: number,
  more: (bot: BotSpec) => AccountEvent[] = () => [],
  shaped: (bot: BotSpec, index: number) => BotSpec = (bot) => bot,
): Promise<void> {
  const desk: DeskEvent[] = [];
  const symbols = [...market.instruments.keys()];
  for (let first = 0; first < bots; first += BOTS_PER_ACCOUNT) {
    const owner = ownerAt(first / BOTS_PER_ACCOUNT);
    const account = paperAccountOf(owner);
    const balances = new Map([["USDT", BALANCE]]);
    desk.push({ type: "account-registered", account, owner });
    const events: AccountEvent[] = [{ type: "account-opened", account, owner, mode: "paper", market: market.key, balances }];
    for (let index = first; index < Math.min(bots, first + BOTS_PER_ACCOUNT); index += 1) {
      const bot = shaped(specAt(index, symbols[index % symbols.length] ?? "", owner, account), index);
      desk.push({ type: "bot-registered", botId: bot.id, name: bot.name, group: undefined, owner, account });
      events.push({ type: "bot-created", bot }, { type: "bot-started", botId: bot.id }, ...more(bot));
    }
    await write(store, accountStream(account), events, market);
  }
  await write(store, DESK_STREAM, desk, market);
}

export function ownerAt(index: number): string {
  return `bench:${index}`;
}

export const PROTECTION = { stopPct: STOP_PCT, takePct: TAKE_PCT, trailingPct: undefined };
export const SIZING = { kind: "notional", notional: NOTIONAL } as const;

const KINDS: readonly { readonly strategy: string; readonly vary: (variant: number) => Record<string, number> }[] = [
  { strategy: "ema-cross", vary: (variant) => ({ fast: 5 + variant, slow: 20 + 2 * variant }) },
  { strategy: "rsi-reversion", vary: (variant) => ({ period: 10 + variant }) },
  { strategy: "bollinger-breakout", vary: (variant) => ({ period: 14 + 2 * variant }) },
];
const VARIANTS = 5;

function specAt(index: number, symbol: string, owner: string, account: string): BotSpec {
  const kind = KINDS[index % KINDS.length]!;
  const variant = Math.floor(index / BOTS_PER_ACCOUNT) % VARIANTS;
  const params = strategyNamed(kind.strategy).params.parse(kind.vary(variant)) as Record<string, number>;
  return {
    id: `b${index + 1}`,
    name: `bot-${index + 1}`,
    group: undefined,
    owner,
    account,
    mode: "paper",
    symbol,
    timeframe: "1m",
    strategy: kind.strategy,
    params,
    sizing: SIZING,
    protection: PROTECTION,
  };
}

async function write(store: Store, stream: string, events: readonly (AccountEvent | DeskEvent)[], market: Market): Promise<void> {
  const { epoch, lastSequence } = await store.acquire(stream);
  const facts = { wallMs: wallMs(START_WALL_MS), marketMs: market.startMs, requestId: undefined };
  for (let first = 0; first < events.length; first += APPEND_MAX) {
    const bodies = events.slice(first, first + APPEND_MAX).map((event) => encodeEvent({ ...facts, event }));
    await store.append({ stream, epoch, expectedSequence: lastSequence + first, bodies });
  }
}

/** The real engine on a store and a market, without platforms. */
export function openBenchEngine(store: Store, market: Market, speed: MarketSpeed): Promise<OpenedEngine> {
  return openEngine({
    store,
    market,
    clock: systemClock(),
    logger: quietLogger,
    speed,
    limits: { dailyLossPct: 50, positionCapPct: 50 },
    timeZone: "Europe/Berlin",
    paperBalances: new Map([["USDT", BALANCE]]),
    openVenue: openPaperVenue,
    live: NO_VENUES,
    openMarket: () => Promise.reject(new Error("this benchmark opens no exchange")),
    ceiling: undefined,
    version: "bench",
    safeAfterCrashes: 0,
    crashCause: undefined,
    residentBytes: () => process.memoryUsage.rss(),
    onFatal: fail,
  });
}

/** Only what must not be overlooked is said. */
export const quietLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (facts, message) => void process.stderr.write(`${message} ${JSON.stringify(facts)}\n`),
  error: (facts, message) => void process.stderr.write(`${message} ${JSON.stringify(facts)}\n`),
  child: () => quietLogger,
};

function fail(failure: unknown): never {
  process.stderr.write(`the engine ended: ${failure instanceof Error ? failure.stack : String(failure)}\n`);
  process.exit(1);
}
