import { DAY_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import { WallClock } from "./clock.ts";
import { Coverage } from "./coverage.ts";
import type { Dice } from "./dice.ts";
import { perpetualInstruments } from "./perpetual-listing.ts";
import { SimQuotes } from "./quotes.ts";
import type { OnDurable } from "./store.ts";
import { SimStore } from "./store.ts";
import { CommitOrder } from "./store-faults.ts";
import { SimTape } from "./tape.ts";
import { Timeline } from "./timeline.ts";
import { Trace } from "./trace.ts";
import { Weather } from "./weather.ts";

const START_MS = Date.UTC(2025, 2, 10, 22, 0);
const HISTORY_MINUTES = 700;
/** What makes a write fail or take long. */
const STORE_FAULTS: readonly string[] = ["D2", "D3", "D4", "D6", "P5"];
/** What the store refused is written again after a second. */
const WRITTEN_AGAIN_MS = 2_000;

/** What outlives processes: time, the disk, the machine's clock, the prices of the exchange, and the faults that were drawn. */
export class Machine {
  readonly timeline = new Timeline();
  readonly coverage = new Coverage();
  readonly trace: Trace;
  readonly wall: WallClock;
  readonly weather: Weather;
  readonly tape: SimTape;
  readonly quotes: SimQuotes;
  readonly disk: SimStore;
  readonly commits: CommitOrder;
  #clockErrorMaxMs = 0;

  constructor(dice: Dice, hours: number, onDurable: OnDurable, listener: ((line: string, isNoise: boolean) => void) | undefined) {
    this.trace = new Trace(() => this.timeline.nowMs, listener);
    this.wall = new WallClock(this.timeline, START_MS + dice.fork("start").below(DAY_MS / MINUTE_MS) * MINUTE_MS);
    this.weather = new Weather(dice.fork("weather"), this.coverage, () => this.timeline.nowMs);
    const minutes = Math.ceil(hours * 60) + 10;
    this.tape = new SimTape(dice.fork("tape"), { startMs: this.wall.trueMs(), historyMinutes: HISTORY_MINUTES, minutes });
    const symbols = [...this.tape.symbols, ...perpetualInstruments().keys()];
    this.quotes = new SimQuotes(dice.fork("quotes"), symbols, { startMs: this.wall.trueMs(), hours }, this.coverage);
    this.commits = new CommitOrder(this.timeline);
    this.disk = new SimStore((batch, firstSequence) => {
      for (const body of batch.bodies) this.trace.tell(`disk ${batch.stream} ${body}`);
      onDurable(batch, firstSequence);
    });
  }

  /** The largest error that the clock had so far. */
  get clockErrorMaxMs(): number {
    this.#clockErrorMaxMs = Math.max(this.#clockErrorMaxMs, Math.abs(this.wall.errorMs()));
    return this.#clockErrorMaxMs;
  }

  setClock(errorMs: number, driftPpm: number): void {
    this.trace.tell(`the clock is ${Math.round(errorMs)} ms off and gains ${Math.round(driftPpm)} ppm`);
    this.#clockErrorMaxMs = Math.max(this.clockErrorMaxMs, Math.abs(errorMs));
    this.wall.set(errorMs, driftPpm);
  }

  /** Whether the clock is right, and no write has failed so lately that it was not tried again. */
  get works(): boolean {
    return this.wall.errorMs() === 0 && STORE_FAULTS.every((id) => this.weather.sinceStruckMs(id) > WRITTEN_AGAIN_MS);
  }

  /** Whether the clock is right and no spell of any fault is on. */
  get calm(): boolean {
    return this.wall.errorMs() === 0 && !this.weather.drawn.some((id) => this.weather.isOn(id));
  }
}
