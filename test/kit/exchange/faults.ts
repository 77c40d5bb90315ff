import type { DoorAnswer, DoorRequest } from "./door.ts";

/** How one request goes wrong on its way in, inside, or on its way out. Several may hold at once. */
export interface Fault {
  /** Row of the fault table, as `E2`: every firing is counted under it. */
  readonly id: string;
  /** The request never arrives. `before-bytes`: no connection could be opened at all. */
  readonly lost?: "before-bytes" | "on-the-way";
  /** The request arrives so much later; the caller may have given up by then. */
  readonly delayMs?: number;
  /** Reads are answered by a replica that is so much behind. */
  readonly lagMs?: number;
  /** Answered by something in front of the exchange instead; the exchange never sees the request. */
  readonly instead?: DoorAnswer;
  /** The exchange has handled the request, and this is answered instead of its answer. */
  readonly answer?: DoorAnswer | "lost" | "reset" | "empty" | "torn" | "html" | "stall" | "wrong-shape";
}

/** Decides for each request whether and how it goes wrong. */
export interface FaultPlan {
  next(request: DoorRequest, nowMs: number): Fault | undefined;
}

/** Spoils nothing. */
export const NO_FAULTS: FaultPlan = { next: () => undefined };
