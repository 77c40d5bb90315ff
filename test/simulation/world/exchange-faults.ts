import type { DoorAnswer, DoorRequest } from "../../kit/exchange/door.ts";
import type { Fault, FaultPlan } from "../../kit/exchange/faults.ts";
import type { Climate, Weather } from "./weather.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Spells of what can go wrong with requests to an exchange, by their row of the fault table. */
export const EXCHANGE_CLIMATES: Readonly<Record<string, Climate>> = {
  "E1 wire": { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  E2: { perHour: 12, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "E3 wire": { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  E4: { perHour: 12, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  E5: { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  E6: { perHour: 2, shortestMs: 10 * SECOND_MS, longestMs: 2 * MINUTE_MS },
  E7: { perHour: 0.5, shortestMs: 2 * MINUTE_MS, longestMs: 20 * MINUTE_MS },
  "E9 wire": { perHour: 6, shortestMs: SECOND_MS, longestMs: 10 * MINUTE_MS },
  E10: { perHour: 3, shortestMs: SECOND_MS, longestMs: MINUTE_MS },
  E11: { perHour: 3, shortestMs: 10 * SECOND_MS, longestMs: 10 * MINUTE_MS },
  E14: { perHour: 1, shortestMs: MINUTE_MS, longestMs: 40 * MINUTE_MS },
  "E15 trading": { perHour: 1, shortestMs: 10 * SECOND_MS, longestMs: 20 * MINUTE_MS },
  E18: { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  E19: { perHour: 2, shortestMs: SECOND_MS, longestMs: 2 * SECOND_MS },
  E21: { perHour: 0.3, shortestMs: 10 * SECOND_MS, longestMs: 3 * MINUTE_MS },
};

const DELAY_MAX_MS = 30_000;
const LAG_MAX_MS = 14_000;
const SPOILT: readonly NonNullable<Extract<Fault["answer"], string>>[] = ["reset", "empty", "torn", "html", "stall", "wrong-shape"];
/** Answers that say nothing about what happened to the order. */
const AMBIGUOUS: readonly DoorAnswer[] = [
  answerOf(503, -1006, "An unexpected response was received from the message bus. Execution status unknown."),
  answerOf(504, -1007, "Timeout waiting for response from backend server. Send status unknown; execution status unknown."),
  answerOf(502, -1000, "An unknown error occurred while processing the request."),
];
const REFUSED_EARLY: readonly DoorAnswer[] = [
  answerOf(503, -1008, "Server is currently overloaded with other requests. Please try again in a few minutes."),
  answerOf(503, -1001, "Internal error; unable to process your request. Please try again."),
];

/**
 * What goes wrong between a process and the exchange, as the weather of the run says. The exchange that is behind it decides what is true; this only
 * spoils requests and answers.
 */
export class ExchangeFaults implements FaultPlan {
  readonly #weather: Weather;
  readonly #pick: <T>(list: readonly T[]) => T;
  #behind = { seenMs: 0, untilMs: 0 };

  constructor(weather: Weather, pick: <T>(list: readonly T[]) => T) {
    this.#weather = weather;
    this.#pick = pick;
  }

  next({ method, path, headers }: DoorRequest, nowMs: number): Fault | undefined {
    const weather = this.#weather;
    const reads = method === "GET";
    const signed = headers.has("x-mbx-apikey");
    const ban = weather.spellOf("E7");
    if (ban && weather.strikes("E7")) return { id: "E7", instead: banned(418, (ban.untilMs - weather.nowMs()) / SECOND_MS) };
    if (weather.strikes("E6", 0.5)) return { id: "E6", instead: banned(429, weather.span(1, 60)) };
    if (weather.strikes("E1 wire", 0.3)) return { id: "E1 wire", lost: nowMs % 2 === 0 ? "before-bytes" : "on-the-way" };
    if (signed && weather.strikes("E21"))
      return { id: "E21", instead: answerOf(401, -2015, "Invalid API-key, IP, or permissions for action.") };
    if (weather.strikes("E5", 0.3)) return { id: "E5", instead: this.#pick(REFUSED_EARLY) };
    if (reads && nowMs < this.#behind.untilMs) {
      weather.mark("E9 wire");
      return { id: "E9 wire", lagMs: nowMs - this.#behind.seenMs };
    }
    if (weather.strikes("E4", reads ? 0.1 : 0.6)) return this.#unanswered({ id: "E4", answer: this.#pick(AMBIGUOUS) }, reads, nowMs);
    if (weather.strikes("E2", reads ? 0.1 : 0.6)) return this.#unanswered({ id: "E2", answer: "lost" }, reads, nowMs);
    if (weather.strikes("E18", 0.3)) return { id: "E18", answer: this.#pick(SPOILT) };
    if (weather.strikes("E3 wire", 0.4)) return { id: "E3 wire", delayMs: weather.span(50, DELAY_MAX_MS) };
    if (!reads) return undefined;
    if (signed && LISTS.has(path) && weather.strikes("E10", 0.5))
      return { id: "E10", instead: { status: 200, headers: JSON_TYPE, body: "[]" } };
    if (weather.strikes("E9 wire", 0.7)) return { id: "E9 wire", lagMs: weather.span(10, LAG_MAX_MS) };
    return undefined;
  }

  /** Worst of all, the replicas that are asked after a lost answer do not know of the order yet, for as long as they may be behind. */
  #unanswered(fault: Fault, reads: boolean, nowMs: number): Fault {
    const { drawn } = this.#weather;
    if (!reads && drawn.includes("E9 wire") && this.#weather.chance(REPLICA_ODDS))
      this.#behind = { seenMs: nowMs - 1, untilMs: nowMs + this.#weather.span(500, LAG_MAX_MS) };
    return fault;
  }
}

const REPLICA_ODDS = 0.5;

const JSON_TYPE = { "content-type": "application/json;charset=UTF-8" };
/** Reads whose empty list must not be taken for "nothing is there". */
const LISTS: ReadonlySet<string> = new Set(["/api/v3/openOrders", "/api/v3/allOrders", "/api/v3/myTrades"]);

function answerOf(status: number, code: number, msg: string): DoorAnswer {
  return { status, headers: { "content-type": "application/json;charset=UTF-8" }, body: JSON.stringify({ code, msg }) };
}

function banned(status: number, seconds: number): DoorAnswer {
  const answer = answerOf(
    status,
    -1003,
    "Too much request weight used; please use the websocket for live updates to avoid polling the API.",
  );
  return { ...answer, headers: { ...answer.headers, "retry-after": String(Math.max(1, Math.ceil(seconds))) } };
}
