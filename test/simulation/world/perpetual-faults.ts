import type { DoorAnswer, DoorRequest } from "../../kit/exchange/door.ts";
import type { Fault, FaultPlan } from "../../kit/exchange/faults.ts";
import type { Climate, Weather } from "./weather.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Spells of what can go wrong at Blofin, by their row of the fault table: they come and go without regard to those of any other exchange (E22). */
export const PERPETUAL_CLIMATES: Readonly<Record<string, Climate>> = {
  "Blofin E1": { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "Blofin E2": { perHour: 12, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "Blofin E3": { perHour: 6, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "Blofin E4": { perHour: 12, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "Blofin E4 copy": { perHour: 6, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "Blofin E5": { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "Blofin E6": { perHour: 2, shortestMs: 10 * SECOND_MS, longestMs: 2 * MINUTE_MS },
  "Blofin E7": { perHour: 0.5, shortestMs: MINUTE_MS, longestMs: 5 * MINUTE_MS },
  "Blofin E9": { perHour: 6, shortestMs: SECOND_MS, longestMs: 10 * MINUTE_MS },
  "Blofin E10": { perHour: 3, shortestMs: SECOND_MS, longestMs: MINUTE_MS },
  "Blofin E18": { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "Blofin market E1": { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "Blofin market E3": { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  "Blofin market E9": { perHour: 4, shortestMs: SECOND_MS, longestMs: 10 * MINUTE_MS },
  "Blofin market E15": { perHour: 0.5, shortestMs: 30 * SECOND_MS, longestMs: 30 * MINUTE_MS },
  "Blofin market E17 late": { perHour: 3, shortestMs: MINUTE_MS, longestMs: 10 * MINUTE_MS },
  // The deed is done as the spell begins; until it ends nobody is asked to have noticed it.
  "Blofin E19": { perHour: 0.7, shortestMs: 2 * MINUTE_MS, longestMs: 3 * MINUTE_MS },
  "Blofin E20": { perHour: 0.4, shortestMs: 2 * MINUTE_MS, longestMs: 3 * MINUTE_MS },
  "Blofin E21": { perHour: 0.3, shortestMs: 10 * SECOND_MS, longestMs: 3 * MINUTE_MS },
};

/** A request may wait on its way for longer than its timestamp lasts: it then arrives in vain, or in the last second of the fence. */
const DELAY_MAX_MS = 75_000;
const LAG_MAX_MS = 14_000;
const REPLICA_ODDS = 0.5;
const JSON_TYPE = { "content-type": "application/json" };
const SPOILT: readonly NonNullable<Extract<Fault["answer"], string>>[] = ["reset", "empty", "torn", "html", "stall", "wrong-shape"];
/** They say nothing about what happened to the order, in each of the forms in which the venue may say it. */
const AMBIGUOUS: readonly DoorAnswer[] = [
  inner("103013", "Internal error; unable to process your request. Please try again."),
  outer(200, "103013", "Internal error; unable to process your request. Please try again."),
  inner("500", "Internal Server Error"),
  outer(200, "500", "Internal Server Error"),
  outer(503, "503", "Service Unavailable"),
  outer(504, "504", "Gateway Timeout"),
];
/** "There is one already", said of the request itself: a copy of it came first. */
const COPIES: readonly DoorAnswer[] = [
  outer(200, "152407", "Repeated nonce, Reusing within 60 seconds is not allowed."),
  inner("102148", "Client order id already exists"),
  inner("150003", "clientOrderId already exists"),
];
const REFUSED_EARLY: readonly DoorAnswer[] = [
  outer(503, "503", "Service Unavailable"),
  outer(200, "103013", "Internal error; unable to process your request. Please try again."),
];
const TOO_MANY = outer(429, "429", "Too Many Requests");
const FIREWALL: DoorAnswer = { status: 403, headers: { "content-type": "text/html" }, body: "" };
/** Reads whose empty list must not be taken for "nothing is there". */
const LISTS = /orders-pending|orders-history|tpsl-pending|tpsl-history|fills-history|account\/positions/;

/** What goes wrong between a process and Blofin, as the weather of the run says. The exchange that is behind it decides what is true. */
export class PerpetualFaults implements FaultPlan {
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
    const orders = !reads && path.startsWith("/api/v1/trade/");
    const before = this.#inFront(headers.has("access-key"), nowMs);
    if (before) return before;
    if (reads && nowMs < this.#behind.untilMs) {
      weather.mark("Blofin E9");
      return { id: "Blofin E9", lagMs: nowMs - this.#behind.seenMs };
    }
    const often = reads ? 0.1 : 0.6;
    if (weather.strikes("Blofin E4", often)) return this.#unanswered({ id: "Blofin E4", answer: this.#pick(AMBIGUOUS) }, reads, nowMs);
    if (orders && weather.strikes("Blofin E4 copy", 0.6))
      return this.#unanswered({ id: "Blofin E4 copy", answer: this.#pick(COPIES) }, reads, nowMs);
    if (weather.strikes("Blofin E2", often)) return this.#unanswered({ id: "Blofin E2", answer: "lost" }, reads, nowMs);
    if (weather.strikes("Blofin E18", 0.3)) return { id: "Blofin E18", answer: this.#pick(SPOILT) };
    if (weather.strikes("Blofin E3", 0.4)) return { id: "Blofin E3", delayMs: weather.span(50, DELAY_MAX_MS) };
    if (!reads) return undefined;
    if (LISTS.test(path) && weather.strikes("Blofin E10", 0.5)) return { id: "Blofin E10", instead: outer(200, "0", "success", []) };
    if (weather.strikes("Blofin E9", 0.7)) return { id: "Blofin E9", lagMs: weather.span(10, LAG_MAX_MS) };
    return undefined;
  }

  /** What never reaches the exchange. */
  #inFront(signed: boolean, nowMs: number): Fault | undefined {
    const weather = this.#weather;
    if (weather.strikes("Blofin E7", 10)) return { id: "Blofin E7", instead: FIREWALL };
    if (weather.strikes("Blofin E6", 0.5)) return { id: "Blofin E6", instead: TOO_MANY };
    if (weather.strikes("Blofin E1", 0.3)) return { id: "Blofin E1", lost: nowMs % 2 === 0 ? "before-bytes" : "on-the-way" };
    if (signed && weather.strikes("Blofin E21"))
      return { id: "Blofin E21", instead: outer(200, "152406", "Your IP is not included in your API key's IP whitelist") };
    if (weather.strikes("Blofin E5", 0.3)) return { id: "Blofin E5", instead: this.#pick(REFUSED_EARLY) };
    return undefined;
  }

  /** Worst of all, the replicas that are asked after a lost answer do not know of the order yet, for as long as they may be behind. */
  #unanswered(fault: Fault, reads: boolean, nowMs: number): Fault {
    const { drawn } = this.#weather;
    if (!reads && drawn.includes("Blofin E9") && this.#weather.chance(REPLICA_ODDS))
      this.#behind = { seenMs: nowMs - 1, untilMs: nowMs + this.#weather.span(500, LAG_MAX_MS) };
    return fault;
  }
}

function outer(status: number, code: string, msg: string, data: unknown = null): DoorAnswer {
  return { status, headers: JSON_TYPE, body: JSON.stringify({ code, msg, data }) };
}

/** A refusal inside of an answer that calls itself a success. */
function inner(code: string, msg: string): DoorAnswer {
  return outer(200, "0", "", [{ orderId: null, clientOrderId: null, code, msg }]);
}
