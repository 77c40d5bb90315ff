import type { Door, DoorAnswer, DoorRequest, DoorTime } from "../door.ts";
import type { PerpetualExchange } from "../perpetual/exchange.ts";
import { isRefusal } from "../perpetual/types.ts";
import { type Ask, BadParameter, type Route } from "./ask.ts";
import { Budget } from "./budget.ts";
import { ACCOUNT_ROUTES } from "./routes-account.ts";
import { DayStatistics, marketRoutes } from "./routes-market.ts";
import { ORDER_ROUTES } from "./routes-orders.ts";
import { TRADE_ROUTES } from "./routes-trade.ts";
import { Gate } from "./signature.ts";
import { answer, type Outcome } from "./wire-form.ts";

/**
 * How a refusal of the matching engine goes out: under outer code 0, under outer code 1, or bare. Which one the live venue uses is not known, so
 * whoever reads it has to understand all.
 */
export type RefusalForm = "inner" | "outer" | "bare";

export interface BlofinOptions {
  readonly refusals?: RefusalForm;
  /** Whether requests are counted against the venue's limits. They are, unless a test is about something else. */
  readonly limits?: boolean;
  /** Whether signatures are verified. They are, unless a simulation without sockets wants to be faster. */
  readonly verifies?: boolean;
}

type Params = Record<string, unknown>;

/** Blofin's HTTP API before a perpetual exchange. */
export class BlofinDoor implements Door {
  /** Every answer is "unavailable" while this is set. */
  maintenance = false;
  refusals: RefusalForm;
  readonly #exchange: PerpetualExchange;
  readonly #gate: Gate;
  readonly #budget = new Budget();
  readonly #limits: boolean;
  readonly #open: Readonly<Record<string, Route<Ask>>>;
  readonly #signed: Readonly<Record<string, Route>> = { ...TRADE_ROUTES, ...ORDER_ROUTES, ...ACCOUNT_ROUTES };

  constructor(exchange: PerpetualExchange, options: BlofinOptions = {}) {
    this.#exchange = exchange;
    this.refusals = options.refusals ?? "inner";
    this.#limits = options.limits ?? true;
    this.#gate = new Gate(options.verifies ?? true);
    this.#open = marketRoutes(new DayStatistics());
  }

  handle(request: DoorRequest, time: DoorTime): DoorAnswer {
    const { nowMs } = time;
    this.#exchange.advanceTo(nowMs);
    if (this.maintenance) return answer(503, { code: "503", msg: "Service Unavailable" }, nowMs);
    if (this.#limits && this.#budget.takeRequest(nowMs) > 0) return answer(429, { code: "429", msg: "Too Many Requests" }, nowMs);
    try {
      const outcome = this.#answered(request, time);
      if ("code" in outcome && outcome.code === "429") return answer(429, { code: "429", msg: outcome.msg }, nowMs);
      return answer(200, this.#formed(outcome), nowMs);
    } catch (thrown) {
      if (!(thrown instanceof BadParameter)) throw thrown;
      return answer(200, { code: thrown.code, msg: thrown.message, data: null }, nowMs);
    }
  }

  #answered(request: DoorRequest, { nowMs, seenMs }: DoorTime): Outcome {
    const name = `${request.method} ${request.path}`;
    const ask = { exchange: this.#exchange, nowMs, seenMs: Math.min(seenMs, nowMs) };
    const open = this.#open[name];
    if (open) return open.run({ ...ask, ...read(request, open) });
    const route = this.#signed[name];
    if (!route) return { code: "404", msg: "not found", data: null };
    const key = this.#gate.admit(this.#exchange, request, nowMs);
    if (isRefusal(key)) return { ...key, data: null };
    if (!key.rights.has(route.right))
      return { code: "152404", msg: "This operation is not supported, Please check the requestPath or API key permissions.", data: null };
    if (route.trading && this.#limits && !this.#budget.takeOrder(key.account, nowMs)) return { code: "429", msg: "Too Many Requests" };
    const account = this.#exchange.accounts.get(key.account)!;
    return route.run({ ...ask, ...read(request, route), account, key });
  }

  /** Puts an inner refusal into the shape that is chosen. */
  #formed(outcome: Outcome): unknown {
    if (!("data" in outcome) || "code" in outcome) return outcome;
    const { data } = outcome;
    const row: unknown = Array.isArray(data) ? data[0] : data;
    const refused = typeof row === "object" && row !== null && "code" in row && "msg" in row && row.code !== "0";
    if (!refused || this.refusals === "inner") return { code: "0", msg: refused ? "" : "success", data };
    if (this.refusals === "outer") return { code: "1", msg: "All operations failed", data };
    return { code: row.code, msg: row.msg, data: null };
  }
}

/** Parameters of a request, checked by name. */
function read(request: DoorRequest, route: Pick<Route, "required" | "optional" | "array">): { params: Params; rows: Params[] } {
  const found: unknown = request.method === "GET" ? Object.fromEntries(new URLSearchParams(request.query)) : bodyOf(request);
  if (Array.isArray(found) !== (route.array ?? false))
    throw new BadParameter("152004", "JSON syntax error, Please check if the parameter should be an array or an object.");
  const rows = (Array.isArray(found) ? found : [found]) as Params[];
  if (rows.length > 20) throw new BadParameter("152006", "Batch orders can be placed for up to 20 at once.");
  const { required, optional } = route;
  for (const params of rows) {
    if (typeof params !== "object" || params === null) throw new BadParameter("152004", "JSON syntax error");
    for (const name of Object.keys(params))
      if (!required.includes(name) && !optional.includes(name)) throw new BadParameter("152002", `Parameter ${name} error.`);
    for (const name of required)
      if (params[name] === undefined || params[name] === null || params[name] === "")
        throw new BadParameter("152001", `Parameter ${name} cannot be empty.`);
  }
  return { params: rows[0] ?? {}, rows };
}

function bodyOf(request: DoorRequest): unknown {
  try {
    return JSON.parse(request.body === "" ? "{}" : request.body);
  } catch {
    throw new BadParameter("152004", "JSON syntax error, Please check if the parameter should be an array or an object.");
  }
}
