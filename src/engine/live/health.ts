import type { BreakerName } from "../../domain/breaker.ts";
import { TransientError } from "../../domain/errors.ts";
import { MINUTE_MS } from "../../domain/time.ts";
import type { LiveVenue } from "../../ports/live-venue.ts";
import type { Reading } from "../../risk/breaker-machine.ts";
import type { Technical } from "../technical.ts";

/** Requests that are looked at, how old they may be, and how many must have failed before a share says anything. */
const REQUESTS = 50;
const WINDOW_MS = 10 * MINUTE_MS;
const FAILURES_LEAST = 5;
const ANSWERS_LEAST = 10;
/** Answers that show that an exchange is well again, and how quick each of them is. */
const PROOFS = 3;
const QUICK_MS = 2_500;

/** What of an exchange has a breaker. */
type Measured = Extract<BreakerName, "errors" | "latency">;

interface Asked {
  readonly atMs: number;
  readonly failed: boolean;
  readonly tookMs: number;
}

/** How one exchange answers, over all accounts there: what fails, and how long it takes. */
export class ExchangeHealth implements Technical {
  readonly #nowMs: () => number;
  readonly #asked: { errors: Asked[]; latency: Asked[] } = { errors: [], latency: [] };
  /** Asked every second, and other only after a request, or when the oldest one is too old. */
  readonly #read = new Map<Measured, { readonly untilMs: number; readonly reading: Reading | undefined }>();

  constructor(monotonicMs: () => number) {
    this.#nowMs = monotonicMs;
  }

  saw(failed: boolean, tookMs: number): void {
    const asked = { atMs: this.#nowMs(), failed, tookMs };
    this.#read.clear();
    this.#asked.errors = [...this.#asked.errors, asked].slice(-REQUESTS);
    if (!failed) this.#asked.latency = [...this.#asked.latency, asked].slice(-REQUESTS);
  }

  reading(breaker: BreakerName): Reading | undefined {
    if (breaker !== "errors" && breaker !== "latency") return undefined;
    const nowMs = this.#nowMs();
    const known = this.#read.get(breaker);
    if (known && nowMs < known.untilMs) return known.reading;
    const oldest = this.#asked[breaker].findIndex(({ atMs }) => nowMs - atMs < WINDOW_MS);
    const asked = oldest < 0 ? [] : this.#asked[breaker].slice(oldest);
    const reading = readingOf(breaker, asked);
    this.#read.set(breaker, { untilMs: (asked[0]?.atMs ?? Number.POSITIVE_INFINITY) + WINDOW_MS, reading });
    return reading;
  }

  evidence(breaker: BreakerName): "good" | "bad" | undefined {
    if (breaker !== "errors" && breaker !== "latency") return undefined;
    const since = this.#asked[breaker];
    if (since.some(({ failed }) => failed)) return "bad";
    const quick = since.filter(({ tookMs }) => breaker === "errors" || tookMs < QUICK_MS).length;
    if (quick >= PROOFS) return "good";
    return since.length - quick >= PROOFS ? "bad" : undefined;
  }

  begin(breaker: BreakerName): void {
    if (breaker !== "errors" && breaker !== "latency") return;
    this.#asked[breaker] = [];
    this.#read.clear();
  }
}

function readingOf(breaker: Measured, asked: readonly Asked[]): Reading | undefined {
  if (breaker === "latency") {
    if (asked.length < ANSWERS_LEAST) return undefined;
    const value = new Float64Array(asked.map(({ tookMs }) => tookMs)).sort()[Math.floor(asked.length / 2)] ?? 0;
    return { value, because: `half of the last ${asked.length} answers of the exchange took ${Math.round(value)} ms or longer` };
  }
  const failures = asked.filter(({ failed }) => failed).length;
  if (failures < FAILURES_LEAST) return undefined;
  return { value: (failures / asked.length) * 100, because: `${failures} of the last ${asked.length} requests of the exchange failed` };
}

/** A venue whose every request is counted. */
export function measured(venue: LiveVenue, health: ExchangeHealth, monotonicMs: () => number): LiveVenue {
  const timed = async <T>(ask: () => Promise<T>, isLost: (answer: T) => boolean = () => false): Promise<T> => {
    const begunMs = monotonicMs();
    try {
      const answer = await ask();
      health.saw(isLost(answer), monotonicMs() - begunMs);
      return answer;
    } catch (failure) {
      // What the exchange says about a key or a setting is an answer, too.
      health.saw(failure instanceof TransientError, monotonicMs() - begunMs);
      throw failure;
    }
  };
  const lost = ({ kind }: { readonly kind: string }) => kind === "unknown" || kind === "not-sent" || kind === "no-reading";
  const all = venue.allOpenOrders?.bind(venue);
  return {
    exchangeId: venue.exchangeId,
    environment: venue.environment,
    traits: venue.traits,
    instruments: () => timed(() => venue.instruments()),
    place: (request) => timed(() => venue.place(request), lost),
    cancel: (ref) => timed(() => venue.cancel(ref), lost),
    mayStillTake: () => venue.mayStillTake(),
    find: (ref) => timed(() => venue.find(ref), lost),
    openOrders: (symbol) => timed(() => venue.openOrders(symbol)),
    ...(all ? { allOpenOrders: () => timed(all) } : {}),
    fills: (symbol, cursor, sinceMs) => timed(() => venue.fills(symbol, cursor, sinceMs)),
    balances: () => timed(() => venue.balances()),
    positions: () => timed(() => venue.positions()),
    ledger: (sinceMs) => timed(() => venue.ledger(sinceMs)),
    checkKey: () => timed(() => venue.checkKey()),
    prepare: (symbol, leverage) => timed(() => venue.prepare(symbol, leverage)),
    leverages: (symbols) => timed(() => venue.leverages(symbols)),
    syncClock: () => timed(() => venue.syncClock()),
    clock: () => venue.clock(),
    close: () => venue.close(),
  };
}
