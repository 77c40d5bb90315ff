import { DAY_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import type { OpenedEngine } from "../../../src/engine/open.ts";
import { AppendRefused, StoreUnavailable } from "../../../src/ports/store.ts";
import { Books } from "../referee/books.ts";
import type { Facts, ProcessFacts } from "../referee/law.ts";
import { paperLaws, Referee } from "../referee/referee.ts";
import { type Draw, drawFaults } from "../swarm.ts";
import { invented } from "./bots.ts";
import { ProcessClock, WallClock } from "./clock.ts";
import { Coverage } from "./coverage.ts";
import { Dice } from "./dice.ts";
import { type CrashPoint, Generation, type PortCall } from "./generation.ts";
import { openLife } from "./life.ts";
import { SimMarketData } from "./market-data.ts";
import { type Desk, Person } from "./person.ts";
import { SimStore } from "./store.ts";
import { CommitOrder, FaultyStore } from "./store-faults.ts";
import { SimTape } from "./tape.ts";
import { Timeline } from "./timeline.ts";
import { toldBy } from "./told.ts";
import { Trace } from "./trace.ts";
import { Weather } from "./weather.ts";

const START_MS = Date.UTC(2025, 2, 10, 22, 0);
const HISTORY_MINUTES = 700;
const HOUR_MS = 60 * MINUTE_MS;
/** Within this after the last fault everything has converged. */
export const QUIET_MS = 120_000;
const OWNERS: readonly string[] = ["discord:1", "telegram:2"];
const LIMITS = { dailyLossPct: 3, positionCapPct: 25 };

export interface WorldOptions {
  readonly seed: number;
  readonly hours: number;
  readonly bots: number;
  /** Reads along, a line for each thing that happens. */
  readonly listener?: ((line: string) => void) | undefined;
  /** A world that is broken on purpose: the disk forgets what it had called durable. */
  readonly canary?: boolean;
}

/** A process that lives, or did until its gate closed. */
interface Life {
  readonly generation: Generation;
  readonly clock: ProcessClock;
  readonly bornMs: number;
  opened: OpenedEngine | undefined;
  beating: boolean;
  storeLost: boolean;
}

/** One virtual desk with everything around it: clock, disk, exchange, people, and a process that is killed and started again. */
export class World {
  readonly timeline = new Timeline();
  readonly coverage = new Coverage();
  readonly trace: Trace;
  readonly referee: Referee;
  readonly draw: Draw;
  readonly #options: WorldOptions;
  readonly #dice: Dice;
  readonly #wall: WallClock;
  readonly #weather: Weather;
  readonly #tape: SimTape;
  readonly #disk: SimStore;
  readonly #commits: CommitOrder;
  readonly #people: Person[];
  readonly #lives: Life[] = [];
  #born = 0;
  #faultsOver = false;
  #clockErrorMaxMs = 0;
  #restartPlanned = false;
  #healthySinceMs: number | undefined;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#dice = new Dice(options.seed);
    this.trace = new Trace(() => this.timeline.nowMs, options.listener);
    this.draw = drawFaults(this.#dice.fork("draw"));
    this.#wall = new WallClock(this.timeline, START_MS + Math.floor(this.#dice.fork("start").between(0, DAY_MS / MINUTE_MS)) * MINUTE_MS);
    this.#weather = new Weather(this.#dice.fork("weather"), this.coverage, () => this.timeline.nowMs);
    const minutes = Math.ceil(options.hours * 60) + 10;
    this.#tape = new SimTape(this.#dice.fork("tape"), { startMs: this.#wall.trueMs(), historyMinutes: HISTORY_MINUTES, minutes });
    this.#disk = new SimStore((batch, firstSequence) => {
      for (const body of batch.bodies) this.trace.tell(`disk ${batch.stream} ${body}`);
      this.referee.durable(batch, firstSequence);
    });
    this.#commits = new CommitOrder(this.timeline);
    const facts = this.#facts();
    this.referee = new Referee(
      facts,
      () => this.timeline.nowMs,
      paperLaws(facts, () => this.#wall.now()),
    );
    this.#people = OWNERS.map((user, index) => this.#person(user, index));
  }

  /** Faults for so many hours, then none, then everything must have converged. Ends at the first broken invariant. */
  async run(): Promise<void> {
    const faultsMs = this.#options.hours * HOUR_MS;
    for (const [id, climate] of this.draw.climates) this.#weather.plan(id, climate, faultsMs);
    this.#planSpells();
    this.timeline.settled = () => {
      if (this.referee.violations.length > 0) throw new RunOver();
    };
    this.#beats();
    this.#start();
    for (const person of this.#people) person.begin(this.draw.wishEveryMs);
    try {
      await this.timeline.runUntil(faultsMs);
      this.#endFaults();
      await this.timeline.runUntil(faultsMs + QUIET_MS);
      this.referee.quietEnd(
        this.#processFacts(),
        this.#people.flatMap(({ open }) => open),
      );
    } catch (thrown) {
      if (!(thrown instanceof RunOver)) throw thrown;
    }
    for (const { generation } of this.#lives) generation.die("the run is over");
    if (this.#tape.jumps > 0) this.coverage.mark("E16", this.#tape.jumps);
  }

  #person(user: string, index: number): Person {
    const bots = Math.floor((this.#options.bots + index) / OWNERS.length);
    const dice = this.#dice.fork(`person ${user}`);
    const wishes = invented(dice, bots, this.#tape.symbols, index === 0 ? "ann" : "bob");
    const desk: Desk = {
      engine: () => this.#engine(),
      wallMs: () => this.#wall.now(),
      asked: (asked) => this.referee.asked(asked),
      done: (asked) => this.referee.done(asked),
      refused: (asked, because) => this.referee.refused(asked, because),
      tell: (line) => this.trace.tell(line),
    };
    return new Person(user, dice, this.timeline, desk, wishes);
  }

  #engine(): ReturnType<Desk["engine"]> {
    const life = this.#current();
    if (!life?.opened || life.generation.frozen) return undefined;
    return { process: life.generation.number, engine: life.opened.engine };
  }

  #facts(): Facts {
    return {
      books: new Books(),
      tape: this.#tape,
      coverage: this.coverage,
      limits: LIMITS,
      trueMs: () => this.#wall.trueMs(),
      clockErrorMaxMs: () => this.#clockErrorMaxMs,
      healthySinceMs: () => this.#healthySinceMs,
    };
  }

  /** The newest process that lives. */
  #current(): Life | undefined {
    return this.#lives.at(-1);
  }

  /** A beat of every process each second of true time, and the referee's look after it. */
  #beats(): void {
    const second = (): void => {
      this.timeline.after(1_000, second);
      this.#clockErrorMaxMs = Math.max(this.#clockErrorMaxMs, Math.abs(this.#wall.errorMs()));
      for (const life of this.#lives) this.#beat(life);
      this.#healthySinceMs = this.#isHealthy() ? (this.#healthySinceMs ?? this.#wall.trueMs()) : undefined;
      this.referee.second(this.#processFacts());
    };
    this.timeline.after(1_000, second);
  }

  #beat(life: Life): void {
    if (!life.opened || life.beating || life.generation.frozen) return;
    life.beating = true;
    life.opened.pulse
      .beat()
      .catch((failure: unknown) => this.#beatFailed(life, failure))
      .finally(() => {
        life.beating = false;
      });
  }

  /** As the real beat does: it is logged, and the next one comes. */
  #beatFailed(life: Life, failure: unknown): void {
    this.coverage.mark("a beat fails and the next one comes");
    this.trace.tell(`a beat of p${life.generation.number} failed: ${String(failure)}`);
    if (!(failure instanceof StoreUnavailable) && !this.#isTaken(life, failure))
      this.referee.unexplained(`a beat of process ${life.generation.number} failed: ${stackOf(failure)}`);
  }

  /** Another process has taken this one's streams. */
  #isTaken(life: Life, failure: unknown): boolean {
    return failure instanceof AppendRefused && life.generation.number < this.#born;
  }

  #isHealthy(): boolean {
    const life = this.#current();
    if (!life?.opened || life.generation.frozen || life.storeLost || this.#lives.length > 1) return false;
    return this.#wall.errorMs() === 0 && !this.#weather.drawn.some((id) => this.#weather.isOn(id));
  }

  #processFacts(): ProcessFacts {
    const life = this.#current();
    const opened = life?.opened;
    const behind = life === undefined || life.storeLost || life.generation.waiting > life.clock.sleeping || life.generation.frozen;
    return {
      number: life?.generation.number ?? 0,
      alive: opened !== undefined,
      callsWaiting: life?.generation.waiting ?? 0,
      sleeping: life?.clock.sleeping ?? 0,
      told: opened && !behind ? () => toldBy(opened) : undefined,
    };
  }

  #start(): void {
    this.#restartPlanned = false;
    this.#born += 1;
    const number = this.#born;
    const clock = new ProcessClock(this.timeline, this.#wall);
    const generation = new Generation(number, this.#crashPoint(number), this.trace, (at, cause) => this.#died(life, at, cause));
    const life: Life = { generation, clock, bornMs: this.timeline.nowMs, opened: undefined, beating: false, storeLost: false };
    const store = new FaultyStore(number, this.#disk, this.#weather, this.#commits, () => {
      life.storeLost = true;
      this.timeline.after(this.#dice.between(5_000, 120_000), () => generation.die("restarted by hand, for its store is lost"));
    });
    this.#lives.push(life);
    this.trace.tell(`p${number} starts`);
    openLife(generation, {
      ports: { store: store.open(), data: new SimMarketData(this.#tape, this.timeline, this.#wall, this.#weather), clock },
      limits: LIMITS,
      safeAfterCrashes: this.draw.safeAfterCrashes,
      sent: (order) => {
        this.trace.tell(`p${order.process} sends ${order.purpose} ${order.clientOrderId} to ${order.venue}`);
        this.referee.sent(order);
      },
      complained: (message) => this.trace.tell(`p${number} complains: ${message}`, true),
      onFatal: (failure) => this.#fatal(life, failure),
    }).then(
      (opened) => {
        if (!generation.alive) return;
        life.opened = opened;
        this.trace.tell(`p${number} is open`);
      },
      (failure: unknown) => this.#failedStart(life, failure),
    );
  }

  #crashPoint(number: number): CrashPoint | undefined {
    const { kills } = this.draw;
    if (kills === undefined || this.#faultsOver) return undefined;
    const dice = this.#dice.fork(`kill ${number}`);
    return { call: Math.floor(dice.magnitude(kills.callsMin, kills.callsMax)), when: dice.chance(0.5) ? "before" : "after" };
  }

  #died(life: Life, at: PortCall | undefined, cause: string): void {
    const { number } = life.generation;
    this.trace.tell(`p${number} dies: ${cause}`);
    this.#lives.splice(this.#lives.indexOf(life), 1);
    const lost = this.#disk.crash(number, this.#dice.fork(`crash ${number}`));
    if (lost > 0) this.coverage.mark("D5", lost);
    if (at !== undefined) this.coverage.mark("P1");
    if (at?.port === "store") this.coverage.mark("D1");
    if (this.#options.canary) this.#disk.forget();
    this.#planStart();
  }

  #planStart(): void {
    if (this.#restartPlanned || this.#lives.length > 0) return;
    this.#restartPlanned = true;
    const downMs = this.#faultsOver ? 1_000 : this.#dice.magnitude(500, this.draw.downMaxMs);
    this.timeline.after(downMs, () => {
      if (this.#restartPlanned) this.#start();
    });
  }

  /** What a process calls fatal ends it; only a stream that another process took explains it. */
  #fatal(life: Life, failure: unknown): void {
    if (!life.generation.alive) return;
    const explained = this.#isTaken(life, failure);
    this.trace.tell(`p${life.generation.number} calls fatal: ${String(failure)}`);
    if (!explained) this.referee.unexplained(`process ${life.generation.number} calls fatal: ${stackOf(failure)}`);
    else this.coverage.mark("a process that lost its streams ends");
    life.generation.die("it called something fatal");
  }

  #failedStart(life: Life, failure: unknown): void {
    if (!life.generation.alive) return;
    this.trace.tell(`p${life.generation.number} could not start: ${String(failure)}`);
    const name = failure instanceof Error ? failure.name : "";
    const explained = name === "TransientError" || name === "StoreUnavailable" || this.#isTaken(life, failure);
    if (explained) this.coverage.mark("a start fails and is tried again");
    else this.referee.unexplained(`process ${life.generation.number} could not start: ${stackOf(failure)}`);
    life.generation.die("it could not start");
  }

  /** Faults that happen by themselves: pauses, second processes, clocks. */
  #planSpells(): void {
    for (const { fromMs, untilMs } of this.#weather.spellsOf("P2")) {
      this.timeline.at(fromMs, () => this.#pause(untilMs - fromMs));
    }
    for (const { fromMs, untilMs } of this.#weather.spellsOf("P3")) {
      this.timeline.at(fromMs, () => this.#zombie(untilMs - fromMs));
    }
    const dice = this.#dice.fork("clock");
    for (const id of ["P4", "E8"] as const) {
      for (const { fromMs, untilMs } of this.#weather.spellsOf(id)) {
        const errorMs = Math.round((dice.chance(0.5) ? 1 : -1) * dice.magnitude(10, 90_000));
        this.timeline.at(fromMs, () => {
          this.coverage.mark(id);
          this.#setClock(id === "P4" ? errorMs : this.#wall.errorMs(), id === "E8" ? errorMs / 20 : 0);
        });
        this.timeline.at(untilMs, () => this.#setClock(0, 0));
      }
    }
  }

  #setClock(errorMs: number, driftPpm: number): void {
    if (this.#faultsOver) return;
    this.trace.tell(`the clock is ${Math.round(errorMs)} ms off and gains ${Math.round(driftPpm)} ppm`);
    this.#wall.set(errorMs, driftPpm);
    this.#clockErrorMaxMs = Math.max(this.#clockErrorMaxMs, Math.abs(errorMs));
  }

  #pause(spanMs: number): void {
    const life = this.#current();
    if (!life || life.generation.frozen) return;
    this.coverage.mark("P2");
    this.trace.tell(`p${life.generation.number} stands still for ${Math.round(spanMs)} ms`);
    life.generation.freeze();
    this.timeline.after(spanMs, () => life.generation.thaw());
  }

  /** The process stands still, another one is started on its disk, and then the first goes on. */
  #zombie(spanMs: number): void {
    const life = this.#current();
    if (!life?.opened || life.generation.frozen || this.#lives.length > 1) return;
    this.coverage.mark("P3");
    this.trace.tell(`p${life.generation.number} stands still for ${Math.round(spanMs)} ms, and another process is started`);
    life.generation.freeze();
    this.#start();
    this.timeline.after(spanMs, () => life.generation.thaw());
  }

  #endFaults(): void {
    this.trace.tell("faults are over");
    this.#setClock(0, 0);
    this.#faultsOver = true;
    this.#weather.clear();
    for (const person of this.#people) person.rest();
    for (const life of [...this.#lives]) {
      life.generation.spare();
      life.generation.thaw();
      if (life.storeLost) life.generation.die("restarted by hand, for its store is lost");
    }
    if (this.#lives.length === 0) this.#start();
  }
}

/** Ends a run at its first broken invariant. */
class RunOver extends Error {}

function stackOf(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}
