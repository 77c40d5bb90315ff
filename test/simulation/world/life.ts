import type { DeskEvent } from "../../../src/domain/events.ts";
import { decimal } from "../../../src/domain/money.ts";
import type { SharedOptions } from "../../../src/engine/cluster/shared.ts";
import type { LiveOpening } from "../../../src/engine/live/connect.ts";
import { type OpenedEngine, openEngine } from "../../../src/engine/open.ts";
import { openExchange } from "../../../src/feeds/exchange.ts";
import type { Advisor } from "../../../src/ports/advisor.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Logger } from "../../../src/ports/logger.ts";
import type { MarketData } from "../../../src/ports/marketData.ts";
import type { Store } from "../../../src/ports/store.ts";
import type { PaperVenue } from "../../../src/ports/venue.ts";
import type { BreakerDefaults } from "../../../src/risk/breaker-defaults.ts";
import { openPaperVenue } from "../../../src/venues/paper.ts";
import type { SentOrder } from "../referee/law.ts";
import type { ProcessClock } from "./clock.ts";
import { CEILING } from "./exchange.ts";
import { type Generation, gated } from "./generation.ts";

/** The world as one process meets it: every port, before the process's gate. */
export interface Ports {
  readonly store: Store;
  readonly data: MarketData;
  /** The public side of Blofin. */
  readonly perpetualData: MarketData;
  readonly clock: ProcessClock;
}

export interface LifeOptions {
  readonly ports: Ports;
  /** USDT that an account for paper begins with. */
  readonly paperBalance: number;
  readonly limits: { readonly dailyLossPct: number; readonly positionCapPct: number };
  readonly breakers: BreakerDefaults;
  readonly safeAfterCrashes: number;
  /** What somebody has limited. */
  readonly limitsSet: readonly DeskEvent[];
  /** Who is asked for advice by bots that want any. */
  readonly advisor: Advisor;
  readonly live: LiveOpening;
  readonly sent: (order: SentOrder) => void;
  readonly complained: (message: string) => void;
  readonly onFatal: (failure: unknown) => void;
  /** Set where several processes share the desk. */
  readonly shared?: SharedOptions | undefined;
}

const NONE: ReadonlySet<string> = new Set();
const AT_ONCE: ReadonlySet<string> = new Set(["unheld"]);
const CLOCK_QUIET: ReadonlySet<string> = new Set(["wall", "monotonicMs"]);
const EVERYDAY: ReadonlySet<string> = new Set(["prices", "candles", "saveSnapshot", "sleep", "breathe", "read", "news"]);
const MEASURED: ReadonlySet<string> = new Set(["nowMs"]);
const PURE: ReadonlySet<string> = new Set(["onCandle", "onPrice"]);

/** The clock as one process reads it: its sleeps end only while it runs. */
export function gatedClock(generation: Generation, clock: ProcessClock): Clock {
  return gated<Clock>(generation, "clock", clock, CLOCK_QUIET, EVERYDAY);
}

/** Starts the production engine as main.ts does, with each of its ports behind the gate of one process. */
export async function openLife(generation: Generation, options: LifeOptions): Promise<OpenedEngine> {
  const { ports } = options;
  const clock = gatedClock(generation, ports.clock);
  const logger = loggerOf(options.complained);
  const data = gated(generation, "market", ports.data, MEASURED, EVERYDAY);
  const perpetualData = gated(generation, "swap market", ports.perpetualData, MEASURED, EVERYDAY);
  const market = await openExchange({ data, clock, logger });
  const opened = await openEngine({
    store: gated(generation, "store", ports.store, AT_ONCE, EVERYDAY),
    market,
    clock,
    logger,
    speed: 1,
    limits: options.limits,
    breakers: options.breakers,
    timeZone: "UTC",
    paperBalances: new Map([["USDT", decimal(options.paperBalance)]]),
    openVenue: () => gated(generation, "paper", overheard(openPaperVenue(), generation.number, options.sent), PURE, NONE),
    live: options.live,
    openMarket: (exchangeId, environment) =>
      openExchange({ data: exchangeId === "blofin" ? perpetualData : data, clock, logger, demo: environment === "demo" }),
    ceiling: CEILING,
    version: "simulation",
    safeAfterCrashes: options.safeAfterCrashes,
    crashCause: undefined,
    residentBytes: () => 0,
    onFatal: options.onFatal,
    shared: options.shared,
  });
  // An engine of several processes reads what the one that has the desk is told.
  if (options.shared?.role !== "engine") opened.advise(options.advisor);
  // Set before the first beat, by whichever process gets to it; what an earlier one has set stands.
  if (opened.desk.isHeld && opened.desk.state.limits.size === 0 && options.limitsSet.length > 0)
    await opened.desk.append(options.limitsSet);
  return opened;
}

/** A paper venue that tells what reaches it. */
function overheard(venue: PaperVenue, process: number, sent: (order: SentOrder) => void): PaperVenue {
  return {
    ...venue,
    submit(order) {
      sent({ process, venue: "paper", clientOrderId: order.clientOrderId });
      return venue.submit(order);
    },
  };
}

function loggerOf(complained: (message: string) => void): Logger {
  const complain = (_facts: Record<string, unknown>, message: string): void => complained(message);
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: complain, error: complain, child: () => logger };
  return logger;
}
