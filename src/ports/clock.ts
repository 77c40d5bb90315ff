import type { WallMs } from "../domain/time.ts";

/** Wall time and timers. The only way that anything outside src/system learns what time it is or waits. */
export interface Clock {
  wall(): WallMs;
  /** Milliseconds that never step back; for measuring spans. */
  monotonicMs(): number;
  /** Resolves after so many milliseconds of wall time, or at once when the signal is aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Lets pending I/O run: long loops call it so that chat is never starved. */
  breathe(): Promise<void>;
}

/** The engine's heartbeat: calls back once a second (UTC), never overlapping itself, until stopped. */
export interface Beat {
  start(onBeat: () => Promise<void>): void;
  stop(): void;
}

/** Local calendar arithmetic that knows daylight saving time. */
export interface Calendar {
  /** The first instant after `afterMs` at which it is `hhmm` (as `08:30`) in the time zone. A time that the spring change skips happens right after the change; a repeated one happens once. */
  nextAt(hhmm: string, timeZone: string, afterMs: number): number;
}

/** Randomness. Seeded in tests. */
export interface Chance {
  /** Unpredictable lower-case letters and digits, for tokens and codes. */
  token(length: number): string;
  /** So many unpredictable bytes, for keys and nonces. */
  bytes(length: number): Buffer;
}

/** How late the process ran its timers since the last reading. */
export interface LoopDelay {
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
