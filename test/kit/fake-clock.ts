import { type WallMs, wallMs } from "../../src/domain/time.ts";
import type { Beat, Chance, Clock } from "../../src/ports/clock.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Macrotasks given to the woken code at each instant, so that a chain of awaits can reach its next sleep before time moves on. */
const SETTLE_ROUNDS = 3;

/** Time that moves only when a test says so. Wall time may step; monotonic time and sleeps do not notice. */
export class FakeClock implements Clock {
  private nowMs = 0;
  private offsetMs: number;
  private sleepers: Sleeper[] = [];

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.offsetMs = startMs;
  }

  wall(): WallMs {
    return wallMs(this.offsetMs + this.nowMs);
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  /** How many sleeps are waiting: a test may assert that nothing was left behind. */
  get sleeping(): number {
    return this.sleepers.length;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.sleepers = this.sleepers.filter((each) => each !== sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper: Sleeper = { dueMs: this.nowMs + Math.max(0, delayMs), wake };
      this.sleepers.push(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  breathe(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets so many milliseconds pass, waking each sleep at its own instant in order, including sleeps begun meanwhile. */
  async advance(spanMs: number): Promise<void> {
    const endMs = this.nowMs + spanMs;
    await this.settle();
    for (let next = this.earliest(endMs); next !== undefined; next = this.earliest(endMs)) {
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      next.wake();
      await this.settle();
    }
    this.nowMs = endMs;
  }

  /** Steps the wall time, backwards when negative, as an operator or a time server would. */
  stepWall(deltaMs: number): void {
    this.offsetMs += deltaMs;
  }

  /** The sleep that ends first; of equals the one that began first. */
  private earliest(endMs: number): Sleeper | undefined {
    return this.sleepers
      .filter(({ dueMs }) => dueMs <= endMs)
      .reduce<Sleeper | undefined>((first, each) => (first === undefined || each.dueMs < first.dueMs ? each : first), undefined);
  }

  private async settle(): Promise<void> {
    for (let round = 0; round < SETTLE_ROUNDS; round++) await this.breathe();
  }
}

/** Tokens and bytes that repeat for an equal seed (mulberry32). */
export function seededChance(seed: number): Chance {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  let state = seed >>> 0;
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    token: (length) => Array.from({ length }, () => alphabet.charAt(Math.floor(draw() * alphabet.length))).join(""),
    bytes: (length) => Buffer.from(Array.from({ length }, () => Math.floor(draw() * 256))),
  };
}

/** A beat that beats when told. Like the real one it never overlaps itself: a beat during a beat does nothing. */
export function manualBeat(): Beat & { fire(): Promise<void> } {
  let onBeat: (() => Promise<void>) | undefined;
  let busy = false;
  return {
    start(callback) {
      onBeat = callback;
    },
    stop() {
      onBeat = undefined;
    },
    async fire() {
      if (busy || onBeat === undefined) return;
      busy = true;
      try {
        await onBeat();
      } finally {
        busy = false;
      }
    },
  };
}
