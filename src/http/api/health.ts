import { z } from "zod";
import { minuteText, spanText } from "../../domain/time.ts";
import { BEAT_STALE_MS, STORE_STALE_MS } from "../../engine/limits.ts";
import { opened } from "./admission.ts";
import { sightOf } from "./bearer.ts";
import type { Observed } from "./observed.ts";
import { errorBody, type Server } from "./server.ts";

/** A process whose beat is older than this is stuck, and a supervisor may start it anew. */
const STUCK_MS = 60_000;

const part = z.object({ name: z.string(), ok: z.boolean(), reason: z.string().optional() });
type Part = z.output<typeof part>;
const body = z.object({
  status: z.enum(["up", "down", "waiting"]).meta({ description: "A process waits while another one has the desk" }),
  parts: z.array(part).optional().meta({ description: "Each part with its reason; only with a token" }),
});

/** What is told while there is nothing to look at yet. */
export type Closed = z.output<typeof body>;
const STARTING: Closed = { status: "down" };

export interface HealthParts {
  /** Throws an ApiProblem while there is nothing to look at. */
  readonly door: () => Observed;
  readonly closed?: Closed;
}

const open = { config: { open: true } } as const;
const response = { 200: body, 503: body, default: errorBody };
const TAGGED = { tags: ["health"] } as const;

/** Up or down for everybody; why, for who may see the desk. */
export function healthRoutes(app: Server, { door, closed = STARTING }: HealthParts): void {
  const health = { summary: "Whether the desk works: 200 up, 503 down; with a token each part with its reason", ...TAGGED, response };
  const ready = { ...health, summary: "Whether the desk takes commands: it is open and beats, and its store writes" };
  // What the engine itself calls a problem makes the desk down; the rest is told and lived with. A desk whose prices are old is down, and still takes commands.
  for (const { url, schema, tell, downBy } of [
    { url: "/api/health", schema: health, tell: partsOf, downBy: (name: string) => name === "engine" },
    { url: "/api/health/ready", schema: ready, tell: readinessOf, downBy: () => true },
  ]) {
    app.get(url, { ...open, schema }, async (request, reply) => {
      const desk = opened(door);
      if (desk === undefined) return reply.code(503).send(closed);
      const parts = tell(desk);
      const isUp = parts.every(({ name, ok }) => ok || !downBy(name));
      if (request.bearer) await sightOf(request, desk, "system health");
      return reply.code(isUp ? 200 : 503).send({ status: isUp ? "up" : "down", ...(request.bearer ? { parts } : {}) });
    });
  }
  const live = { ...health, summary: "Whether the process lives: 503 when its beat has stood still for a minute" };
  app.get("/api/health/live", { ...open, schema: live }, async (_request, reply) => {
    const beatAgeMs = opened(door)?.options.engine.health().beatAgeMs ?? 0;
    return beatAgeMs < STUCK_MS ? reply.code(200).send({ status: "up" }) : reply.code(503).send({ status: "down" });
  });
}

/** What it takes to run a command. */
function readinessOf({ options, blind }: Observed): Part[] {
  const { beatAgeMs, storeAgeMs } = options.engine.health();
  const stale = (ageMs: number | undefined, mostMs: number, what: string) => {
    if (ageMs === undefined) return [`${what} not yet`];
    return ageMs <= mostMs ? [] : [`${what} last ${spanText(ageMs)} ago`];
  };
  const unread = blind?.();
  return [
    partFor("beat", stale(beatAgeMs, BEAT_STALE_MS, "beat")),
    partFor("store", stale(storeAgeMs, STORE_STALE_MS, "wrote")),
    ...(blind ? [partFor("desk", unread === undefined ? [] : [unread])] : []),
  ];
}

function partsOf({ options }: Observed): Part[] {
  const { engine, desk, clock, platforms, backings } = options;
  const { problems, unknownOrders } = engine.health();
  const { halt, bans } = desk.state;
  const silent = [...bans].filter(([, { untilMs }]) => untilMs > clock.wall());
  return [
    partFor("engine", problems),
    partFor("orders", unknownOrders === 0 ? [] : [`${unknownOrders} are unanswered and looked for`]),
    partFor("entries", halt ? [`halted: ${halt.reason}`] : []),
    ...backings.map((each) => partFor(each.name, each.trouble() ?? [])),
    ...platforms().map(({ name, reachable }) => partFor(name, reachable ? [] : ["not reachable"])),
    ...engine.accounts().flatMap(({ state, venue, troubles }) => (venue ? [partFor(`account ${state.account}`, troubles)] : [])),
    ...silent.map(([exchange, { untilMs, reason }]) =>
      partFor(exchange, [`sends this machine away until ${minuteText(untilMs)} UTC: ${reason}`]),
    ),
  ];
}

function partFor(name: string, told: string | readonly string[]): Part {
  const reasons = [told].flat();
  return reasons.length === 0 ? { name, ok: true } : { name, ok: false, reason: reasons.join("; ") };
}
