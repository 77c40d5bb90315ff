import type { DeskEvent } from "../../../src/domain/events.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import { BREAKER_DEFAULTS } from "../../../src/risk/breaker-defaults.ts";
import { MemoryServer } from "../../kit/memory-cluster/server.ts";
import { openTestVault } from "../../kit/open-vault.ts";
import { MemoryQueueServer } from "../../kit/queue/memory-server.ts";
import { Books } from "../referee/books.ts";
import type { Facts, SentOrder } from "../referee/law.ts";
import { perpetualLaws } from "../referee/law-perpetual.ts";
import { PerpetualBooks } from "../referee/perpetual-books.ts";
import { allLaws, Referee } from "../referee/referee.ts";
import { adviceOfChance } from "../world/advisor.ts";
import { drawnBreakers } from "../world/breakers.ts";
import { Dice } from "../world/dice.ts";
import { SimExchange, WorldClock } from "../world/exchange.ts";
import { openLife } from "../world/life.ts";
import { inventedLimits } from "../world/limits.ts";
import { Machine } from "../world/machine.ts";
import { SimMarketData } from "../world/market-data.ts";
import { OWNERS, PAPER_OWNERS, wishedBots } from "../world/people.ts";
import { SimPerpetual } from "../world/perpetual-exchange.ts";
import { perpetualInstruments } from "../world/perpetual-listing.ts";
import { Person } from "../world/person.ts";
import { personsDesk } from "../world/persons-desk.ts";
import { instrumentsOf } from "../world/tape.ts";
import type { PerpetualAccount, VenueAccount } from "../world/venue-account.ts";
import { RunOver, type WorldOptions } from "../world/world.ts";
import { Crew, type MemberOpener } from "./crew.ts";
import { type ClusterDraw, drawCluster, type Instances } from "./draw.ts";
import { HoldersLaw } from "./holders.ts";
import { ProcessLine } from "./line.ts";
import type { ClusterMember } from "./member.ts";
import { Misfortunes } from "./misfortunes.ts";
import { Watch } from "./watch.ts";

const HOUR_MS = 60 * MINUTE_MS;
/** After the last fault: leases run out, accounts are taken over, what was sent is found or proven absent, and books are compared. */
const TAKEOVER_MS = 60_000;
const RETRY_AFTER_MS = 60_000;
const FENCE_MS = 20_000;
const PERPETUAL_FENCE_MS = 160_000;
const QUIET_MS = 120_000;
const LIMITS = { dailyLossPct: 1, positionCapPct: 25 };
const QUEUE_LATENCY_MS = 2;
/** Accounts of other processes are read on every half a second, or a little later. */
const VIEW_MS = 1_500;

/** One virtual desk of several processes on one store and one queue, with people, exchanges and everything that befalls it. */
export class ClusterWorld {
  readonly machine: Machine;
  readonly referee: Referee;
  readonly draw: ClusterDraw;
  /** Only the simulation of one process counts them. */
  readonly portCalls = 0;
  readonly #options: WorldOptions;
  readonly #dice: Dice;
  readonly #crew: Crew;
  readonly #misfortunes: Misfortunes;
  readonly #watch: Watch;
  readonly #holders: HoldersLaw;
  readonly #people: Person[];
  readonly #exchange: SimExchange;
  readonly #perpetual: SimPerpetual;

  constructor(options: WorldOptions, instances: Instances) {
    this.#options = options;
    this.#dice = new Dice(options.seed).fork("cluster");
    this.draw = drawCluster(this.#dice.fork("draw"), instances, options.without);
    this.machine = new Machine(
      this.#dice,
      options.hours,
      (batch, first) => {
        this.#watch.durable(batch, first);
        this.referee.durable(batch, first);
      },
      options.listener,
    );
    const { timeline, trace, wall, weather, tape, coverage } = this.machine;
    const parts = { timeline, trace, wall, weather, tape, coverage, loggedSilenceMs: () => 0 };
    this.#exchange = new SimExchange(parts, this.#dice.fork("exchange"), this.draw.venueAccounts);
    this.#perpetual = new SimPerpetual(parts, this.#dice.fork("perpetual exchange"), this.draw.perpetualAccounts);
    const facts = this.#facts();
    this.#holders = new HoldersLaw(facts);
    this.referee = new Referee(facts, () => timeline.nowMs, [
      ...allLaws(facts, () => wall.now(), this.#exchange),
      ...perpetualLaws(facts, new PerpetualBooks(facts, this.#perpetual.exchange, this.#perpetual.accounts)),
      this.#holders,
    ]);
    const clock = new WorldClock(timeline, wall);
    const server = new MemoryServer(clock, this.machine.disk);
    const queue = new MemoryQueueServer({ clock, latency: () => timeline.wait(QUEUE_LATENCY_MS) });
    const { machine, referee, draw } = this;
    const holders = this.#holders;
    this.#crew = new Crew({ machine, referee, holders, draw, dice: this.#dice.fork("crew"), server, queue, open: this.#opener() });
    const crew = this.#crew;
    this.#misfortunes = new Misfortunes({
      machine,
      crew,
      queue,
      dice: this.#dice.fork("misfortunes"),
      engines: draw.engines,
      people: () => this.#people,
    });
    this.#watch = new Watch({ machine, crew, holders, books: facts.books, reach: this.#exchange.reach });
    this.#people = OWNERS.slice(0, PAPER_OWNERS + this.#accounts.length).map((user, index) => this.#person(user, index));
  }

  /** Faults for so many hours, then none, then everything must have converged. Ends at the first broken invariant. */
  async run(): Promise<void> {
    const { timeline, weather, tape, coverage } = this.machine;
    const faultsMs = this.#options.hours * HOUR_MS;
    coverage.mark(`instances: ${this.draw.engines + 1}`);
    for (const [id, climate] of this.draw.climates) weather.plan(id, climate, faultsMs);
    this.#misfortunes.plan();
    this.#exchange.plan(faultsMs);
    this.#perpetual.plan();
    timeline.settled = () => {
      if (this.referee.violations.length > 0) throw new RunOver();
    };
    timeline.after(1_000, this.#second);
    this.#crew.begin();
    for (const person of this.#people) person.begin(this.draw.wishEveryMs);
    try {
      await timeline.runUntil(faultsMs);
      this.#endFaults();
      const fenceMs = this.draw.perpetualAccounts > 0 ? PERPETUAL_FENCE_MS : FENCE_MS;
      await timeline.runUntil(faultsMs + TAKEOVER_MS + RETRY_AFTER_MS + fenceMs + QUIET_MS);
      this.referee.quietEnd(
        this.#watch.facts(),
        this.#people.flatMap(({ open }) => open),
      );
    } catch (thrown) {
      if (!(thrown instanceof RunOver)) throw thrown;
    }
    this.#crew.endAll();
    if (tape.jumps > 0) coverage.mark("E16", tape.jumps);
  }

  /** A beat of every process each second of true time, and the referee's look at what was before it. */
  readonly #second = (): void => {
    this.machine.timeline.after(1_000, this.#second);
    this.#exchange.advance();
    if (this.draw.perpetualAccounts > 0) this.#perpetual.advance();
    this.#crew.beatAll();
    this.referee.second(this.#watch.second());
  };

  #endFaults(): void {
    this.machine.trace.tell("faults are over");
    this.machine.weather.clear();
    this.#exchange.endFaults();
    for (const person of this.#people) person.rest();
    this.#misfortunes.end();
  }

  /** The production engine as it starts in each process. */
  #opener(): MemberOpener {
    const { timeline, trace, wall, weather, tape, quotes, coverage } = this.machine;
    const sent = (order: SentOrder): void => {
      trace.tell(`p${order.process} sends ${order.clientOrderId} to the ${order.venue}`);
      this.referee.sent(order);
    };
    const perpetuals = perpetualInstruments();
    const spot = { exchangeId: "binance", instruments: new Map([...instrumentsOf(tape), ...perpetuals]), faults: "", quotes };
    const swaps = { exchangeId: "blofin", instruments: perpetuals, faults: "Blofin market ", quotes };
    const breakers = this.#dice.fork("breakers").chance(0.5) ? BREAKER_DEFAULTS : drawnBreakers(this.#dice.fork("drawn breakers"));
    const limitsSet = this.#limitsSet();
    return (member, store, shared, onFatal) => {
      const { generation, clock, number } = member;
      const line = this.#line(member, sent, coverage);
      const atSpot = this.#exchange.venueFor(generation, clock, sent, line);
      const atPerpetual = this.#perpetual.venueFor(generation, clock, sent, line);
      return openLife(generation, {
        ports: {
          store,
          clock,
          data: new SimMarketData(tape, timeline, wall, weather, spot),
          perpetualData: new SimMarketData(tape, timeline, wall, weather, swaps),
        },
        paperBalance: 10_000,
        limits: LIMITS,
        breakers,
        safeAfterCrashes: 0,
        limitsSet,
        advisor: adviceOfChance(this.#dice.fork(`advice ${number}`), () => wall.now()),
        live: {
          vault: openTestVault(),
          exchanges: ["binance", "blofin"],
          openVenue: (spec) => (spec.exchangeId === "blofin" ? atPerpetual(spec) : atSpot(spec)),
        },
        sent,
        complained: (message) => trace.tell(`p${number} complains: ${message}`, true),
        onFatal,
        shared,
      });
    };
  }

  #line(member: ClusterMember, sent: (order: SentOrder) => void, coverage: Machine["coverage"]): ProcessLine {
    const judge = (look: () => void) => this.referee.judge(this.#holders.id, look);
    const maybeStop = (account: string, where: string) => this.#misfortunes.maybeStop(member, account, where);
    const maybeEnd = () => this.#misfortunes.maybeEnd(member);
    return new ProcessLine({ generation: member.generation, holders: this.#holders, coverage, sent, maybeStop, maybeEnd, judge });
  }

  #limitsSet(): readonly DeskEvent[] {
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
    const wishes = wishedBots(dice, { index, account, symbols, onPaper, isScenario: false });
    const desk = personsDesk(this.machine, this.referee, () => this.#watch.reach());
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
      viewMs: VIEW_MS,
      trueMs: () => wall.trueMs(),
      clockErrorMaxMs: () => this.machine.clockErrorMaxMs,
      healthySinceMs: () => this.#watch.healthySinceMs,
      reaches: (account) => this.#watch.reaches(account),
    };
  }
}
