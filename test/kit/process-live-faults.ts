import type { DoorAnswer, DoorRequest } from "./exchange/door.ts";
import type { Fault, FaultPlan } from "./exchange/faults.ts";

type Cause = Omit<Fault, "id">;

interface Chance {
  readonly id: string;
  /** How often, from 0 to 1. */
  readonly share: number;
  readonly make: (draw: () => number) => Cause;
}

const DELAY_MAX_MS = 3_000;
const LAG_MAX_MS = 4_000;

/** What goes wrong with requests that change something. */
const ORDER_CHANCES: readonly Chance[] = [
  { id: "no connection", share: 0.02, make: () => ({ lost: "before-bytes" }) },
  { id: "request lost", share: 0.02, make: () => ({ lost: "on-the-way" }) },
  { id: "answer lost after accept", share: 0.06, make: () => ({ answer: "lost" }) },
  { id: "connection reset after accept", share: 0.03, make: () => ({ answer: "reset" }) },
  { id: "5xx after accept", share: 0.06, make: (draw) => ({ answer: pick(AMBIGUOUS, draw) }) },
  { id: "spoilt answer after accept", share: 0.04, make: (draw) => ({ answer: pick(["empty", "torn", "html", "wrong-shape"], draw) }) },
  { id: "late", share: 0.06, make: (draw) => ({ delayMs: Math.floor(draw() * DELAY_MAX_MS) }) },
];
/** What goes wrong with readings. */
const READ_CHANCES: readonly Chance[] = [
  { id: "reading refused with 5xx", share: 0.01, make: (draw) => ({ instead: pick(AMBIGUOUS, draw) }) },
  { id: "reading spoilt", share: 0.01, make: (draw) => ({ answer: pick(["reset", "empty", "torn", "html"], draw) }) },
  { id: "reading lost", share: 0.002, make: () => ({ answer: "lost" }) },
  { id: "reading late", share: 0.02, make: (draw) => ({ delayMs: Math.floor((draw() * DELAY_MAX_MS) / 3) }) },
  { id: "reading behind", share: 0.2, make: (draw) => ({ lagMs: Math.floor(draw() * LAG_MAX_MS) }) },
];
/** Answers that say nothing about what happened; a Blofin answers with its own. */
const AMBIGUOUS: readonly DoorAnswer[] = [
  answered(503, { code: -1006, msg: "An unexpected response was received from the message bus. Execution status unknown." }),
  answered(504, { code: -1007, msg: "Timeout waiting for response from backend server. Send status unknown; execution status unknown." }),
  answered(502, { code: "500", msg: "Internal Server Error" }),
];
/** Where exchanges take orders. */
const PLACING: ReadonlySet<string> = new Set([
  "/api/v3/order",
  "/api/v3/order/oco",
  "/api/v3/orderList/oco",
  "/api/v1/trade/order",
  "/api/v1/trade/order-tpsl",
  "/api/v1/trade/order-algo",
]);
/** Ids that the desk makes; the legs of a list have one letter more. */
export const OURS = /^(ss[a-z2-7]{20})[st]?$/;

/** A line to an exchange that spoils requests while it is told to. It also keeps what came over it, whatever became of that. */
export class FlakyLine implements FaultPlan {
  spoils = false;
  /** Nothing answers any more: every request is lost on its way. */
  silent = false;
  /** How often each fault has fired. */
  readonly fired = new Map<string, number>();
  /** How often an order of each client order id was sent, as it reached this side of the wire. */
  readonly placings = new Map<string, number>();
  readonly #draw: () => number;

  constructor(draw: () => number) {
    this.#draw = draw;
  }

  next(request: DoorRequest): Fault | undefined {
    const places = request.method === "POST" && PLACING.has(request.path);
    if (places) this.#keep(clientOrderIdOf(request));
    if (this.silent) return { id: "outage", lost: "on-the-way" };
    if (!this.spoils) return undefined;
    const drawn = this.#draw();
    let upTo = 0;
    for (const { id, share, make } of request.method === "GET" ? READ_CHANCES : ORDER_CHANCES) {
      upTo += share;
      if (drawn >= upTo) continue;
      this.fired.set(id, (this.fired.get(id) ?? 0) + 1);
      return { id, ...make(this.#draw) };
    }
    return undefined;
  }

  #keep(clientOrderId: string): void {
    this.placings.set(clientOrderId, (this.placings.get(clientOrderId) ?? 0) + 1);
  }
}

/** The id that the desk gave an order on its way: of a list its own, and without the letter of a leg. */
function clientOrderIdOf({ path, query, body }: DoorRequest): string {
  if (path.startsWith("/api/v1/")) return (JSON.parse(body) as { clientOrderId?: string }).clientOrderId ?? "";
  const form = new URLSearchParams(`${query}&${body}`);
  const id = form.get("listClientOrderId") ?? form.get("newClientOrderId") ?? "";
  return OURS.exec(id)?.[1] ?? id;
}

function answered(status: number, body: Readonly<Record<string, unknown>>): DoorAnswer {
  return { status, headers: { "content-type": "application/json;charset=UTF-8" }, body: JSON.stringify(body) };
}

function pick<const T>(list: readonly T[], draw: () => number): T {
  return list[Math.floor(draw() * list.length)]!;
}
