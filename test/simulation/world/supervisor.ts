import type { OpenedEngine } from "../../../src/engine/open.ts";
import { AppendRefused, StoreUnavailable } from "../../../src/ports/store.ts";
import type { ProcessFacts } from "../referee/law.ts";
import type { Referee } from "../referee/referee.ts";
import type { Draw } from "../swarm.ts";
import { ProcessClock } from "./clock.ts";
import type { Dice } from "./dice.ts";
import { type CrashPoint, Generation, type PortCall } from "./generation.ts";
import type { Machine } from "./machine.ts";
import type { Desk } from "./person.ts";
import { slowed } from "./slow.ts";
import { FaultyStore } from "./store-faults.ts";
import { toldBy } from "./told.ts";

/** A process that lives, or did until its gate closed. */
interface Life {
  readonly generation: Generation;
  readonly clock: ProcessClock;
  opened: OpenedEngine | undefined;
  beating: boolean;
  storeLost: boolean;
}

/** Opens the product in a process: its ports are those of the machine, behind the process's gate. */
export type Opener = (
  generation: Generation,
  clock: ProcessClock,
  store: ReturnType<FaultyStore["open"]>,
  onFatal: (failure: unknown) => void,
) => Promise<OpenedEngine>;

const NO_WAIT: ReadonlySet<string> = new Set(["unheld"]);
/** Kills of one run: more of them show nothing new and take its time. */
const KILLS_MAX = 120;

const BY_HAND = "restarted by hand, for its store is lost";

/** Keeps a process running on one machine: starts it, beats it, kills it where its dice say, and starts the next one on what it left. */
export class Supervisor {
  readonly #machine: Machine;
  readonly #referee: Referee;
  readonly #draw: Draw;
  readonly #dice: Dice;
  readonly #open: Opener;
  readonly #forgets: boolean;
  readonly #lives: Life[] = [];
  #first: Generation | undefined;
  /** The newest process that has opened. */
  #newest = 0;
  #born = 0;
  #faultsOver = false;
  #restartPlanned = false;

  constructor(machine: Machine, referee: Referee, draw: Draw, dice: Dice, open: Opener, forgets: boolean) {
    this.#machine = machine;
    this.#referee = referee;
    this.#draw = draw;
    this.#dice = dice;
    this.#open = open;
    this.#forgets = forgets;
  }

  /** What a person can talk to. */
  reach(): ReturnType<Desk["engine"]> {
    const life = this.#current();
    if (!life?.opened || life.generation.frozen) return undefined;
    return { process: life.generation.number, engine: life.opened.engine };
  }

  beatAll(): void {
    for (const life of this.#lives) this.#beat(life);
  }

  /** Whether exactly one process runs and nothing is wrong with it. */
  get healthy(): boolean {
    const life = this.#current();
    return life?.opened !== undefined && !life.generation.frozen && !life.storeLost && this.#lives.length === 1;
  }

  /** Port calls of the first process. */
  get portCalls(): number {
    return this.#first?.calls ?? 0;
  }

  /** Whether it is healthy, and its store has taken all that it wrote. */
  get writes(): boolean {
    return this.healthy && this.#current()?.generation.storeWaiting === 0;
  }

  facts(): ProcessFacts {
    const life = this.#current();
    const opened = life?.opened;
    // One whose streams another one has taken says what it knew before, until its next writing ends it.
    const isTaken = life !== undefined && life.generation.number < this.#newest;
    const behind = life === undefined || isTaken || life.storeLost || life.generation.storeWaiting > 0 || life.generation.frozen;
    return {
      number: life?.generation.number ?? 0,
      alive: opened !== undefined,
      callsWaiting: life?.generation.waiting ?? 0,
      sleeping: life?.clock.sleeping ?? 0,
      told: opened && !behind ? () => toldBy(opened) : undefined,
    };
  }

  start(): void {
    const { timeline, trace, wall, weather, disk, commits } = this.#machine;
    this.#restartPlanned = false;
    this.#born += 1;
    const number = this.#born;
    const clock = new ProcessClock(timeline, wall);
    const generation = new Generation(
      number,
      this.#crashPoint(number),
      trace,
      (at, cause) => this.#died(life, at, cause),
      (what) => this.#referee.unexplained(what),
    );
    const life: Life = { generation, clock, opened: undefined, beating: false, storeLost: false };
    const store = new FaultyStore(number, disk, weather, commits, () => {
      life.storeLost = true;
      timeline.after(this.#dice.between(5_000, 120_000), () => generation.die(BY_HAND));
    });
    this.#first ??= generation;
    this.#lives.push(life);
    trace.tell(`p${number} starts`);
    this.#open(generation, clock, slowed(store.open(), this.#machine, NO_WAIT), (failure) => this.#fatal(life, failure)).then(
      (opened) => {
        if (!generation.alive) return;
        life.opened = opened;
        this.#newest = Math.max(this.#newest, number);
        trace.tell(`p${number} is open`);
      },
      (failure: unknown) => this.#failedStart(life, failure),
    );
  }

  /** The process stands still for a while and then goes on. */
  pause(spanMs: number): void {
    const life = this.#current();
    if (!life || life.generation.frozen) return;
    this.#machine.coverage.mark("P2");
    this.#freeze(life, spanMs);
  }

  /** The process stands still, another one is started on its disk, and then the first goes on. */
  zombie(spanMs: number): void {
    const life = this.#current();
    if (!life?.opened || life.generation.frozen || this.#lives.length > 1) return;
    this.#machine.coverage.mark("P3");
    this.#freeze(life, spanMs);
    this.start();
  }

  /** No more kills and pauses; what is down comes up. */
  endFaults(): void {
    this.#faultsOver = true;
    for (const life of [...this.#lives]) {
      life.generation.spare();
      life.generation.thaw();
      if (life.storeLost) life.generation.die(BY_HAND);
    }
    if (this.#lives.length === 0) this.start();
  }

  endAll(): void {
    this.#restartPlanned = true;
    for (const { generation } of [...this.#lives]) generation.die("the run is over");
  }

  /** The newest process that lives. */
  #current(): Life | undefined {
    return this.#lives.at(-1);
  }

  #freeze({ generation }: Life, spanMs: number): void {
    this.#machine.trace.tell(`p${generation.number} stands still for ${Math.round(spanMs)} ms`);
    generation.freeze();
    this.#machine.timeline.after(spanMs, () => generation.thaw());
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
    this.#machine.coverage.mark("a beat fails and the next one comes");
    this.#machine.trace.tell(`a beat of p${life.generation.number} failed: ${String(failure)}`);
    if (!(failure instanceof StoreUnavailable) && !this.#isTaken(life, failure))
      this.#referee.unexplained(`a beat of process ${life.generation.number} failed: ${stackOf(failure)}`);
  }

  /** Another process has taken this one's streams. */
  #isTaken({ generation }: Life, failure: unknown): boolean {
    return failure instanceof AppendRefused && generation.number < this.#born;
  }

  #crashPoint(number: number): CrashPoint | undefined {
    const { kills, crash } = this.#draw;
    if (crash !== undefined && number === 1) return crash;
    if (kills === undefined || this.#faultsOver || number > KILLS_MAX) return undefined;
    const dice = this.#dice.fork(`kill ${number}`);
    return { call: Math.floor(dice.magnitude(kills.callsMin, kills.callsMax)), when: dice.chance(0.5) ? "before" : "after" };
  }

  #died(life: Life, at: PortCall | undefined, cause: string): void {
    const { trace, disk, coverage } = this.#machine;
    const { number } = life.generation;
    trace.tell(`p${number} dies: ${cause}`);
    this.#lives.splice(this.#lives.indexOf(life), 1);
    const lost = disk.crash(number, this.#dice.fork(`crash ${number}`));
    if (lost > 0) coverage.mark("D5", lost);
    if (at !== undefined) coverage.mark("P1");
    if (at?.port === "store") coverage.mark("D1");
    if (this.#forgets) disk.forget();
    this.#planStart();
  }

  #planStart(): void {
    if (this.#restartPlanned || this.#lives.length > 0) return;
    this.#restartPlanned = true;
    const downMs = this.#faultsOver ? 1_000 : this.#dice.magnitude(500, this.#draw.downMaxMs);
    this.#machine.timeline.after(downMs, () => {
      if (this.#restartPlanned) this.start();
    });
  }

  /** What a process calls fatal ends it; only a stream that another process took explains it. */
  #fatal(life: Life, failure: unknown): void {
    if (!life.generation.alive) return;
    this.#machine.trace.tell(`p${life.generation.number} calls fatal: ${String(failure)}`);
    if (this.#isTaken(life, failure)) this.#machine.coverage.mark("a process that lost its streams ends");
    else this.#referee.unexplained(`process ${life.generation.number} calls fatal: ${stackOf(failure)}`);
    life.generation.die("it called something fatal");
  }

  #failedStart(life: Life, failure: unknown): void {
    if (!life.generation.alive) return;
    this.#machine.trace.tell(`p${life.generation.number} could not start: ${String(failure)}`);
    const name = failure instanceof Error ? failure.name : "";
    if (name === "TransientError" || name === "StoreUnavailable" || this.#isTaken(life, failure))
      this.#machine.coverage.mark("a start fails and is tried again");
    else this.#referee.unexplained(`process ${life.generation.number} could not start: ${stackOf(failure)}`);
    life.generation.die("it could not start");
  }
}

function stackOf(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}
