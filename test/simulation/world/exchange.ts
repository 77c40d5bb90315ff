import { decimal } from "../../../src/domain/money.ts";
import { type WallMs, wallMs } from "../../../src/domain/time.ts";
import type { LiveOpening } from "../../../src/engine/live/connect.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Environment } from "../../../src/ports/live-venue.ts";
import { Governor, governed } from "../../../src/venues/governor.ts";
import { BINANCE } from "../../../src/venues/quirks/binance.ts";
import { spotCost } from "../../../src/venues/spot/cost.ts";
import { openSpotVenue } from "../../../src/venues/spot.ts";
import type { Wire, WireCall } from "../../../src/venues/wire.ts";
import { canary } from "../../kit/canary/canary.ts";
import { InProcessWire, type WireExchange } from "../../kit/exchange/in-process-wire.ts";
import { seededFills, WHOLE_FILLS } from "../../kit/exchange/spot/fill-plan.ts";
import type { FeeMode } from "../../kit/exchange/spot/purse.ts";
import { spotSigner } from "../../kit/exchange/spot/sign.ts";
import { SpotCore } from "../../kit/exchange/spot-core.ts";
import { SpotDoor } from "../../kit/exchange/spot-door.ts";
import type { SentOrder } from "../referee/law.ts";
import type { ProcessClock, WallClock } from "./clock.ts";
import type { Coverage } from "./coverage.ts";
import type { Dice } from "./dice.ts";
import { ExchangeEvents } from "./exchange-events.ts";
import { ExchangeFaults } from "./exchange-faults.ts";
import { type Generation, gated } from "./generation.ts";
import type { AccountLine, Line } from "./line.ts";
import { Reach, SILENCING, STRUCK_MS } from "./reach.ts";
import { Silence } from "./silence.ts";
import { slowed } from "./slow.ts";
import { listingsOf, type SimTape } from "./tape.ts";
import type { Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";
import type { VenueAccount } from "./venue-account.ts";
import type { Weather } from "./weather.ts";

export interface ExchangeParts {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly wall: WallClock;
  readonly weather: Weather;
  readonly tape: SimTape;
  readonly coverage: Coverage;
  /** Until when the log says that the exchange sends the desk away; 0 when it says nothing that can be relied on. True time. */
  readonly loggedSilenceMs: () => number;
}

export const SETTERS: ReadonlySet<string> = new Set(["setOffset", "close"]);
export const EVERYDAY: ReadonlySet<string> = new Set(["send"]);
const WORLDS: readonly Environment[] = ["demo", "live"];
const START_BALANCE = "10000";
/** E13: fees in base, in quote or in a third coin that runs out. */
const FEE_MODES: readonly FeeMode[] = ["received", "received", "quote", { coin: "BNB", priceInQuote: 600 }];

/** The simulated exchange with its accounts. It lives on while processes die; requests that are on their way still arrive. */
export class SimExchange {
  readonly core: SpotCore;
  readonly accounts: readonly VenueAccount[];
  readonly reach = new Reach();
  /** Each world has its own hosts, and so its own limits. */
  readonly doors: ReadonlyMap<Environment, SpotDoor>;
  /** Where several processes share a desk, each has an address of its own, with its own limits. */
  readonly addresses = new Map<string, SpotDoor>();
  readonly silence: Silence;
  readonly #parts: ExchangeParts;
  readonly #faults: ExchangeFaults;
  readonly #eventDice: Dice;
  readonly #latency: { readonly there: number; readonly back: number };

  constructor(parts: ExchangeParts, dice: Dice, accounts: number) {
    const { tape, wall } = parts;
    this.#parts = parts;
    const named = {
      symbols: tape.symbols.map(idOf),
      candleAt: (id: string, atMs: number) => tape.candleAt(tape.symbols.find((symbol) => idOf(symbol) === id) ?? id, atMs),
    };
    const pieces = { seed: dice.below(1_000_000), piecesMax: 3, partialChance: 0.2, tradeLagMaxMs: dice.pick([0, 500, 5_000]) };
    const fills = dice.chance(0.5) ? WHOLE_FILLS : seededFills(pieces);
    this.core = new SpotCore({ tape: named, listings: listingsOf(tape), startMs: wall.trueMs(), fills });
    this.doors = new Map(WORLDS.map((world) => [world, new SpotDoor(this.core, { verify: false })]));
    const { coverage, loggedSilenceMs: loggedUntilMs } = parts;
    this.silence = new Silence({ nowMs: () => wall.trueMs(), mark: (what) => coverage.mark(what), loggedUntilMs });
    this.#eventDice = dice.fork("events");
    const pick = dice.fork("faults");
    this.#faults = new ExchangeFaults(parts.weather, (list) => pick.pick(list));
    this.#latency = { there: Math.round(dice.magnitude(5, 300)), back: Math.round(dice.magnitude(5, 300)) };
    this.accounts = Array.from({ length: accounts }, (_, index) => {
      const key = `key${index + 1}`.padEnd(64, "x");
      const feeMode = dice.pick(FEE_MODES);
      const book = this.core.openAccount({ key, secret: canary("exchange secret"), balances: { USDT: START_BALANCE, BNB: "1" }, feeMode });
      return { exchangeId: "binance", name: `main${index + 1}`, key, environment: dice.chance(0.5) ? "live" : "demo", book };
    });
  }

  /** Plans what happens at the exchange by itself until the faults are over. */
  plan(endMs: number): void {
    const { timeline, trace, weather } = this.#parts;
    const { core, accounts, reach } = this;
    if (accounts.length === 0) return;
    new ExchangeEvents({ timeline, trace, weather, core, accounts, reach, dice: this.#eventDice, endMs }).plan();
  }

  /** No cancel loses its race any more. */
  endFaults(): void {
    for (const { book } of this.accounts) for (const order of book.openAt(this.core.nowMs)) order.fillOnCancel = 0;
  }

  /** Everything up to now has happened at the exchange. */
  advance(): void {
    this.core.advanceTo(this.#parts.wall.trueMs());
  }

  /** How one process reaches it: each world behind one request budget, as production puts it there. `line` is set where processes share a desk. */
  venueFor(generation: Generation, clock: ProcessClock, sent: (order: SentOrder) => void, line?: Line): LiveOpening["openVenue"] {
    const governors = new Map<Environment, Governor>();
    return async ({ environment, credentials, bannedUntilMs, onBan, barred }) => {
      const { weightLimits, orderLimits, weights } = BINANCE;
      const known = governors.get(environment);
      const governor = known ?? new Governor({ clock, weightLimits, orderLimits, onBan });
      if (bannedUntilMs !== undefined) {
        governor.keepSilent(bannedUntilMs);
        for (const { name } of this.#in(environment)) this.reach.block(name, bannedUntilMs + STRUCK_MS);
      }
      governors.set(environment, governor);
      const key = credentials.apiKey.reveal();
      const account = this.accounts.find((each) => each.key === key)?.name ?? "nobody";
      const own = line?.to(account, barred, orderIdOf);
      const door = own ? this.#addressOf(generation.number, environment) : this.doors.get(environment)!;
      const sends = this.#wire(key, environment, door, account, own);
      const hearing = { process: generation.number, sent, idOf: orderIdOf, coverage: this.#parts.coverage };
      const heard = slowed(own ? own.heard(sends) : overheard(sends, hearing), this.#parts, SETTERS);
      const bare = gated(generation, "wire", heard, SETTERS, EVERYDAY);
      const watched = this.silence.watched(bare, generation.number, environment);
      const wire = governed({ wire: watched, governor, account: key, costOf: spotCost(weights) });
      return openSpotVenue({ wire, quirks: BINANCE, environment, clock });
    };
  }

  #addressOf(process: number, environment: Environment): SpotDoor {
    const name = `process ${process}, ${environment}`;
    const door = this.addresses.get(name) ?? new SpotDoor(this.core, { verify: false });
    this.addresses.set(name, door);
    return door;
  }

  #wire(key: string, environment: Environment, door: SpotDoor, account: string, line: AccountLine | undefined): Wire {
    const { timeline, wall } = this.#parts;
    return new InProcessWire({
      door,
      ...(line && { stops: line }),
      clock: new WorldClock(timeline, wall),
      sign: spotSigner({ key }),
      faults: this.reach.watched(account, this.#faults),
      venueNow: () => wall.trueMs(),
      latencyMs: () => this.#latency,
      later: (delayMs, run) => void timeline.after(delayMs, run),
      onExchange: (exchange) => {
        line?.reached(exchange);
        this.reach.hear(account, exchange);
        // A ban is one of the address: everybody in that world is silent.
        if (SILENCING.has(exchange.answer?.status ?? 0)) for (const { name } of this.#in(environment)) this.reach.hear(name, exchange);
        this.#tell(exchange);
      },
    });
  }

  #in(environment: Environment): readonly VenueAccount[] {
    return this.accounts.filter((each) => each.environment === environment);
  }

  #tell({ request, fault, answer }: WireExchange): void {
    const { method, path, query, body } = request;
    const spoilt = fault === undefined ? "" : ` (${fault.id})`;
    const line = `wire ${method} ${path}?${query}${body}${spoilt} -> ${answer ? `${answer.status} ${answer.body}` : "nothing"}`;
    this.#parts.trace.tell(line, method === "GET" && fault === undefined);
  }
}

/** Where an entry waited for its turn while something was decided that forbids it. */
export const ENTRY_BARRED = "antecedent 7: an entry is barred in the moment of sending";

/** The largest sum that live accounts may hold at risk in a run. */
export const CEILING = { amount: decimal(100_000), currency: "USDT" };

/** What is on its way does not end with a process: its waits are the world's. */
export class WorldClock implements Clock {
  readonly #timeline: Timeline;
  readonly #wall: WallClock;

  constructor(timeline: Timeline, wall: WallClock) {
    this.#timeline = timeline;
    this.#wall = wall;
  }

  wall(): WallMs {
    return wallMs(this.#wall.now());
  }

  monotonicMs(): number {
    return this.#timeline.nowMs;
  }

  sleep(delayMs: number): Promise<void> {
    return this.#timeline.wait(delayMs);
  }

  breathe(): Promise<void> {
    return this.#timeline.wait(0);
  }
}

export interface Overhearing {
  readonly process: number;
  readonly sent: (order: SentOrder) => void;
  readonly idOf: (call: WireCall) => string | undefined;
  readonly coverage: Coverage;
}

/** A wire that tells which orders are sent, as they leave the process: not those that the product takes back in that moment. */
export function overheard(wire: Wire, { process, sent, idOf, coverage }: Overhearing): Wire {
  return {
    async send(call) {
      const reason = call.barred?.();
      if (reason !== undefined) {
        coverage.mark(ENTRY_BARRED);
        return { phase: "not-sent", reason };
      }
      const clientOrderId = call.method === "POST" ? idOf(call) : undefined;
      if (clientOrderId !== undefined) sent({ process, venue: "exchange", clientOrderId });
      return wire.send(call);
    },
    setOffset: (offsetMs) => wire.setOffset(offsetMs),
    close: () => wire.close(),
  };
}

function orderIdOf({ params }: WireCall): string | undefined {
  const { listClientOrderId, newClientOrderId } = params as Readonly<Record<string, unknown>>;
  const id = listClientOrderId ?? newClientOrderId;
  return typeof id === "string" ? id : undefined;
}

function idOf(symbol: string): string {
  return symbol.replace("/", "");
}
