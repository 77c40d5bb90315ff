import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { type DeskOptions, type RunningDesk, startDesk } from "../../src/app.ts";
import { MINUTE_MS, wallMs } from "../../src/domain/time.ts";
import { openTerminal } from "../../src/platforms/terminal.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Market } from "../../src/ports/market.ts";
import type { Painter } from "../../src/ports/picture.ts";
import type { Store } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";
import { cronerCalendar } from "../../src/system/calendar.ts";
import { systemClock } from "../../src/system/clock.ts";
import { refuseCanaries } from "./canary/watch.ts";
import { storyMarket } from "./desk-market.ts";
import { Console, TerminalPerson } from "./desk-person-terminal.ts";
import { type GatedStore, gatedStore } from "./desk-store.ts";
import { manualBeat, seededChance } from "./fake-clock.ts";
import { testVault } from "./test-vault.ts";

export interface DeskRigOptions {
  /** Settings as the process environment would have them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A fresh memory store unless given; `as set` lets the desk open the one that its settings name. */
  readonly store?: Store | "as set";
  /** A SQLite file to keep everything in, which another desk may go on with. */
  readonly file?: string;
  /** The story's market unless given. */
  readonly market?: Market | "as set";
  readonly clock?: Clock;
  /** Without one, views come without their pictures. */
  readonly painter?: Painter;
  readonly seed?: number;
}

/** The real desk in this process, with its terminal on two streams and its heart beaten by hand. */
export interface DeskRig {
  readonly desk: RunningDesk;
  readonly gate: GatedStore;
  readonly console: Console;
  /** The person at the terminal. */
  readonly admin: TerminalPerson;
  /** What the desk called fatal. */
  readonly fatal: unknown[];
  /** Sentences that were logged as warnings or errors. */
  readonly complaints: string[];
  /** Everything that was said to the log, unmasked. */
  readonly log: string[];
  /** Moves the market of a script by so many minutes and waits until everything that is reachable was told. */
  move(minutes: number): Promise<void>;
  beat(): Promise<void>;
  stop(): Promise<void>;
  /** Ends like a killed process: nothing more reaches the store or a platform. Returns when its sockets are closed. */
  crash(): Promise<void>;
}

const COMMANDS = fileURLToPath(new URL("../../commands/", import.meta.url));

export async function openDeskRig(options: DeskRigOptions = {}): Promise<DeskRig> {
  const { clock = systemClock(), seed = 1, environment = {} } = options;
  const fatal: unknown[] = [];
  const complaints: string[] = [];
  const log: string[] = [];
  const console = new Console();
  const beat = manualBeat();
  const chance = seededChance(seed);
  const config = loadConfig({ MARKET_SPEED: "script", STORE_URL: "memory:", ...environment });
  const inner = await storeOf(options);
  const gate = gatedStore(inner);
  const deskOptions: DeskOptions = {
    config,
    clock,
    beat,
    calendar: cronerCalendar(),
    chance,
    vault: testVault(),
    onSecret: () => undefined,
    logger: listener(complaints, log),
    version: "1.2.3",
    commandsFolder: COMMANDS,
    crashCause: undefined,
    residentBytes: () => 64_000_000,
    panicRequested: () => false,
    onFatal: (failure) => void fatal.push(failure),
    terminal: (needs) => {
      const { input, output } = console;
      return openTerminal({ ...needs, input, output, json: false, interactive: true, endsAtEof: false, colors: false, clock, chance });
    },
    ...(options.painter ? { painter: options.painter } : {}),
    ...(options.store === "as set" ? {} : { store: gate.store }),
    ...(options.market === "as set" ? {} : { market: options.market ?? storyMarket() }),
  };
  const desk = await startDesk(deskOptions);
  const said = () => refuseCanaries("what the desk printed and logged", [...console.printed, ...log].join("\n"));
  return {
    desk,
    gate,
    console,
    admin: new TerminalPerson(console),
    fatal,
    complaints,
    log,
    move: async (minutes) => {
      await desk.opened.engine.moveMarket({ forMs: minutes * MINUTE_MS });
      await desk.delivery.idle();
    },
    beat: () => beat.fire(),
    async stop() {
      await desk.stop("the story is over");
      said();
    },
    async crash() {
      beat.stop();
      gate.kill();
      await Promise.all(desk.platforms.map((platform) => platform.stop()));
      await inner.close();
      said();
    },
  };
}

async function storeOf({ store, file }: DeskRigOptions): Promise<Store> {
  if (file !== undefined) return openSqliteStore({ file });
  return store === undefined || store === "as set" ? openMemoryStore() : store;
}

/** The real clock with its wall time moved on, as a process finds it that was away so long. */
export function clockAhead(aheadMs: number): Clock {
  const clock = systemClock();
  return {
    wall: () => wallMs(clock.wall() + aheadMs),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    breathe: () => clock.breathe(),
  };
}

/** Waits for something that crosses a real socket. */
export function until(holds: () => boolean, timeout = 5_000): Promise<void> {
  return vi.waitFor(
    () => {
      if (!holds()) throw new Error(`it never came to this: ${holds}`);
    },
    { timeout, interval: 5 },
  );
}

function listener(complaints: string[], log: string[]): Logger {
  const note = (facts: Record<string, unknown>, message: string) => void log.push(`${message} ${JSON.stringify(facts, withErrors)}`);
  const complain = (facts: Record<string, unknown>, message: string) => {
    note(facts, message);
    complaints.push(`${message} ${JSON.stringify(facts)}`);
  };
  const logger: Logger = { debug: note, info: note, warn: complain, error: complain, child: () => logger };
  return logger;
}

/** Errors with all that they carry, which JSON leaves out. */
function withErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { ...value, message: value.message, stack: value.stack, cause: value.cause } : value;
}
