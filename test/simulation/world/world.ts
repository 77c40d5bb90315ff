import type { DeskEvent } from "../../../src/domain/events.ts";
import { DAY_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import type { LiveOpening } from "../../../src/engine/live/connect.ts";
import { BREAKER_DEFAULTS } from "../../../src/risk/breaker-defaults.ts";
import { openTestVault } from "../../kit/open-vault.ts";
import type { Instances } from "../cluster/draw.ts";
import { Books } from "../referee/books.ts";
import type { Facts } from "../referee/law.ts";
import { perpetualLaws } from "../referee/law-perpetual.ts";
import { PerpetualBooks } from "../referee/perpetual-books.ts";
import { allLaws, Referee } from "../referee/referee.ts";
import { type Draw, drawFaults } from "../swarm.ts";
import { adviceOfChance } from "./advisor.ts";
import { drawnBreakers } from "./breakers.ts";
import type { ProcessClock } from "./clock.ts";
import { Dice } from "./dice.ts";
import { SimExchange } from "./exchange.ts";
import type { CrashPoint, Generation } from "./generation.ts";
import { openLife } from "./life.ts";
import { inventedLimits } from "./limits.ts";
import { Machine } from "./machine.ts";
import { SimMarketData } from "./market-data.ts";
import { OWNERS, PAPER_OWNERS, wishedBots } from "./people.ts";
import { SimPerpetual } from "./perpetual-exchange.ts";
import { perpetualInstruments } from "./perpetual-listing.ts";
import { Person } from "./person.ts";
import { personsDesk } from "./persons-desk.ts";
import { playScenario, scenarioDraw } from "./scenario.ts";
import { type Opener, Supervisor } from "./supervisor.ts";
import { instrumentsOf } from "./tape.ts";
import type { PerpetualAccount, VenueAccount } from "./venue-account.ts";

const HOUR_MS = 60 * MINUTE_MS;
/** Within this after the last fault everything has converged. */
export const QUIET_MS = 120_000;
/** What a paper account begins with: mostly much, and now and then so little that a few entries use it up. */
const PAPER_BALANCES = [...Array<number>(5).fill(10_000), ...Array<number>(3).fill(1_000), 60, 60];
/** With an account at the exchange somebody waits a minute for what the exchange has sent away, and for the fence. */
const RETRY_AFTER_MS = 60_000;
const FENCE_MS = 20_000;
const PERPETUAL_FENCE_MS = 80_000;
const LIMITS = { dailyLossPct: 1, positionCapPct: 25 };
const CLOCK_ERROR_MAX_MS = 90_000;

export interface WorldOptions {
  readonly seed: number;
  readonly hours: number;
  readonly bots: number;
  /** Faults that are left out although the seed drew them: the way to find out which one it takes. */
  readonly without?: readonly string[];
  /** Reads along, a line for each thing that happens. */
  readonly listener?: ((line: string, isNoise: boolean) => void) | undefined;
  /** A world that is broken on purpose: the disk forgets what it had called durable. */
  readonly canary?: boolean;
  /** Several processes that share the desk: how many. */
  readonly instances?: Instances | undefined;
  /** Plays the scenario of the crash points instead of what the seed draws. */
  readonly scenario?: { readonly crash: CrashPoint | undefined };
}

/** One virtual desk with everything around it: machine, exchange, people, and a process that is killed and started again. */
export class World {
  readonly machine: Machine;
  readonly referee: Referee;
  readonly draw: Draw;
  readonly #options: WorldOptions;
  readonly #dice: Dice;
  readonly #supervisor: Supervisor;
  readonly #people: Person[];
  readonly #exchange: SimExchange;
  readonly #perpetual: SimPerpetual;
  #healthySinceMs: number | undefined;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#dice = new Dice(options.seed);
    this.draw = options.scenario ? scenarioDraw(options.scenario.crash) : drawFaults(this.#dice.fork("draw"), options.without);
    const onDurable: ConstructorParameters<typeof Machine>[2] = (batch, first) => this.referee.durable(batch, first);
    this.machine = new Machine(this.#dice, options.hours, onDurable, options.listener);
    const facts = this.#facts();
    const { timeline, trace, wall, weather, tape, coverage } = this.machine;
    // What a wrong clock wrote or reads is not its instant.
    const loggedSilenceMs = () => (this.machine.clockErrorMaxMs === 0 ? facts.books.silentUntilMs : 0);
    const parts = { timeline, trace, wall, weather, tape, coverage, loggedSilenceMs };
    this.#exchange = new SimExchange(parts, this.#dice.fork("exchange"), this.draw.venueAccounts);
    this.#perpetual = new SimPerpetual(parts, this.#dice.fork("perpetual exchange"), this.draw.perpetualAccounts);
    this.referee = new Referee(facts, () => this.machine.timeline.nowMs, [
      ...allLaws(facts, () => this.machine.wall.now(), this.#exchange),
      ...perpetualLaws(facts, new PerpetualBooks(facts, this.#perpetual.exchange, this.#perpetual.accounts)),
    ]);
    this.#supervisor = new Supervisor(
      this.machine,
      this.referee,
      this.draw,
      this.#dice.fork("process"),
      this.#opener(),
      options.canary === true,
    );
    this.#people = OWNERS.slice(0, PAPER_OWNERS + this.#accounts.length).map((user, index) => this.#person(user, index));
  }

  /** Port calls of the first process. */
  get portCalls(): number {
    return this.#supervisor.portCalls;
  }

  /** Faults for so many hours, then none, then everything must have converged. Ends at the first broken invariant. */
  async run(): Promise<void> {
    const { timeline, weather, tape, coverage } = this.machine;
    const faultsMs = this.#options.hours * HOUR_MS;
    for (const [id, climate] of this.draw.climates) weather.plan(id, climate, faultsMs);
    this.#planSpells();
    if (this.draw.climates.has("P2")) this.#planMidnight(faultsMs);
    this.#exchange.plan(faultsMs);
    this.#perpetual.plan();
    timeline.settled = () => {
      if (this.referee.violations.length > 0) throw new RunOver();
    };
    timeline.after(1_000, this.#second);
    this.#supervisor.start();
    for (const person of this.#people) person.begin(this.draw.wishEveryMs);
    const [account] = this.#exchange.accounts;
    const owner = this.#people.at(-1);
    if (this.#options.scenario && account && owner) playScenario(timeline, owner, account.name);
    try {
      await timeline.runUntil(faultsMs);
      this.#endFaults();
      const fenceMs = this.draw.perpetualAccounts > 0 ? PERPETUAL_FENCE_MS : FENCE_MS;
      const waitsMs = this.#accounts.length > 0 ? RETRY_AFTER_MS + fenceMs : 0;
      await timeline.runUntil(faultsMs + waitsMs + QUIET_MS);
      this.referee.quietEnd(
        this.#supervisor.facts(),
        this.#people.flatMap(({ open }) => open),
      );
    } catch (thrown) {
      if (!(thrown instanceof RunOver)) throw thrown;
    }
    this.#supervisor.endAll();
    if (tape.jumps > 0) coverage.mark("E16", tape.jumps);
  }

  /** A beat of every process each second of true time, and the referee's look at what was before it. */
  readonly #second = (): void => {
    this.machine.timeline.after(1_000, this.#second);
    if (this.draw.venueAccounts > 0) this.#exchange.advance();
    if (this.draw.perpetualAccounts > 0) this.#perpetual.advance();
    this.#supervisor.beatAll();
    const healthy = this.#supervisor.healthy && this.machine.calm;
    this.#healthySinceMs = healthy ? (this.#healthySinceMs ?? this.machine.wall.trueMs()) : undefined;
    this.referee.second(this.#supervisor.facts());
  };

  /** The production engine as it starts on this machine. */
  #opener(): Opener {
    const { timeline, trace, wall, weather, tape, quotes } = this.machine;
    const sent = (order: Parameters<Referee["sent"]>[0]): void => {
      trace.tell(`p${order.process} sends ${order.clientOrderId} to the ${order.venue}`);
      this.referee.sent(order);
    };
    const perpetuals = perpetualInstruments();
    // A bot on a contract is tried on paper first: on the prices of its own exchange, which the market for paper shows beside its own.
    const spot = { exchangeId: "binance", instruments: new Map([...instrumentsOf(tape), ...perpetuals]), faults: "", quotes };
    const breakers = this.#options.scenario ? BREAKER_DEFAULTS : drawnBreakers(this.#dice.fork("breakers"));
    const paperBalance = this.#options.scenario ? 10_000 : this.#dice.fork("paper balance").pick(PAPER_BALANCES);
    const swaps = { exchangeId: "blofin", instruments: perpetuals, faults: "Blofin market ", quotes };
    return (generation, clock, store, onFatal) =>
      openLife(generation, {
        ports: {
          store,
          clock,
          data: new SimMarketData(tape, timeline, wall, weather, spot),
          perpetualData: new SimMarketData(tape, timeline, wall, weather, swaps),
        },
        paperBalance,
        limits: LIMITS,
        breakers,
        safeAfterCrashes: this.draw.safeAfterCrashes,
        limitsSet: this.#limitsSet,
        advisor: adviceOfChance(this.#dice.fork(`advice ${generation.number}`), () => wall.now()),
        live: this.#openingFor(generation, clock, sent),
        sent,
        complained: (message) => trace.tell(`p${generation.number} complains: ${message}`, true),
        onFatal,
      });
  }

  #openingFor(generation: Generation, clock: ProcessClock, sent: Referee["sent"]): LiveOpening {
    const atSpot = this.#exchange.venueFor(generation, clock, sent);
    const atPerpetual = this.#perpetual.venueFor(generation, clock, sent);
    return {
      vault: openTestVault(),
      exchanges: ["binance", "blofin"],
      openVenue: (spec) => (spec.exchangeId === "blofin" ? atPerpetual(spec) : atSpot(spec)),
    };
  }

  /** The same for every process of a seed. */
  get #limitsSet(): readonly DeskEvent[] {
    if (this.#options.scenario) return [];
    const paper = OWNERS.slice(0, PAPER_OWNERS).map((owner) => `paper:${owner}`);
    const real = this.#accounts.map(({ name }) => name);
    return inventedLimits(this.#dice.fork("limits"), { paper, real, symbols: this.machine.tape.symbols });
  }

  get #accounts(): readonly (VenueAccount | PerpetualAccount)[] {
    return [...this.#exchange.accounts, ...this.#perpetual.accounts];
  }

  #person(user: string, index: number): Person {
    const dice = this.#dice.fork(`person ${user}`);
    const account = this.#accounts[index - PAPER_OWNERS];
    const { symbols } = this.machine.tape;
    const onPaper = Math.max(2, this.#options.bots - this.#accounts.length * symbols.length);
    const isScenario = this.#options.scenario !== undefined;
    const wishes = wishedBots(dice, { index, account, symbols, onPaper, isScenario });
    const desk = personsDesk(this.machine, this.referee, () => this.#supervisor.reach());
    return new Person(user, dice, this.machine.timeline, desk, wishes, account);
  }

  #facts(): Facts {
    const { tape, quotes, coverage, wall } = this.machine;
    return {
      books: new Books(),
      tape,
      quotes,
      coverage,
      limits: LIMITS,
      viewMs: 0,
      trueMs: () => wall.trueMs(),
      clockErrorMaxMs: () => this.machine.clockErrorMaxMs,
      healthySinceMs: () => this.#healthySinceMs,
      reaches: (account) => this.#supervisor.writes && this.machine.works && this.#exchange.reach.isClear(account, wall.trueMs()),
    };
  }

  /** Faults that happen by themselves: pauses, second processes, clocks. */
  #planSpells(): void {
    const { timeline, weather, coverage, wall } = this.machine;
    for (const { fromMs, untilMs } of weather.spellsOf("P2")) timeline.at(fromMs, () => this.#supervisor.pause(untilMs - fromMs));
    for (const { fromMs, untilMs } of weather.spellsOf("P3")) timeline.at(fromMs, () => this.#supervisor.zombie(untilMs - fromMs));
    const dice = this.#dice.fork("clock");
    for (const id of ["P4", "E8"] as const) {
      for (const { fromMs, untilMs } of weather.spellsOf(id)) {
        const errorMs = Math.round((dice.chance(0.5) ? 1 : -1) * dice.magnitude(10, CLOCK_ERROR_MAX_MS));
        const driftPpm = (errorMs / (untilMs - fromMs)) * 1_000_000;
        timeline.at(fromMs, () => {
          coverage.mark(id);
          this.machine.setClock(id === "P4" ? errorMs : wall.errorMs(), id === "E8" ? driftPpm : 0);
        });
        timeline.at(untilMs - 1, () => this.machine.setClock(0, 0));
      }
    }
  }

  /** Books change their day once in twenty-four hours: a standstill over that moment comes whenever a run has it, or it would hardly ever be seen. */
  #planMidnight(faultsMs: number): void {
    const { timeline, wall, coverage } = this.machine;
    const dice = this.#dice.fork("midnight");
    const midnightMs = DAY_MS - (wall.trueMs() % DAY_MS);
    const fromMs = midnightMs - dice.magnitude(1, 4 * MINUTE_MS);
    const untilMs = midnightMs + dice.magnitude(1, 6 * MINUTE_MS);
    if (fromMs < 0 || untilMs > faultsMs) return;
    timeline.at(fromMs, () => {
      coverage.mark("a process stands still over midnight");
      this.#supervisor.pause(untilMs - fromMs);
    });
  }

  #endFaults(): void {
    this.machine.trace.tell("faults are over");
    this.machine.setClock(0, 0);
    this.machine.weather.clear();
    this.#exchange.endFaults();
    for (const person of this.#people) person.rest();
    this.#supervisor.endFaults();
  }
}

/** Ends a run at its first broken invariant. */
export class RunOver extends Error {}
