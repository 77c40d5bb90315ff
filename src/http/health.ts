import type { Clock } from "../ports/clock.ts";
import type { Closed } from "./api/health.ts";
import { healthServer } from "./api/health-server.ts";
import { DRAIN_MS } from "./api/limits.ts";
import { type Address, listening } from "./api/listening.ts";
import type { Meters } from "./api/meters.ts";
import type { Observed } from "./api/observed.ts";
import { ApiProblem } from "./api/problem.ts";
import type { Lost, ServerParts } from "./api/server.ts";

export interface HealthOptions extends ServerParts, Address {
  readonly clock: Clock;
}

/** How an engine is, on its socket. */
export interface EngineHealth {
  readonly url: string;
  /** From now on it tells of this process; before, it is down and lives. */
  serve(observed: Observed, meters: Meters): void;
  /** Takes nothing new, and cuts what is not answered within a second. */
  stop(): Promise<void>;
}

/** The request was understood and came to the wrong process. */
const MISDIRECTED = 421;
const UNAVAILABLE = 503;
const ENGINE_ONLY: Lost = { status: MISDIRECTED, sentence: "This process has accounts only; ask the gateway." };
const WAITS = "Another process has the desk; this one takes over when that one is gone.";
const WAITING: Closed = { status: "waiting", parts: [{ name: "desk", ok: false, reason: WAITS }] };

/** Health and metrics of a process that has accounts only. Rejects with the error of the socket. */
export async function openEngineHealth({ host, port, clock, ...parts }: HealthOptions): Promise<EngineHealth> {
  let served: { readonly observed: Observed; readonly meters: Meters } | undefined;
  const opened = () => {
    if (!served) throw new ApiProblem(UNAVAILABLE, "This process is starting or stopping. Try again in a moment.", { "retry-after": "1" });
    return served;
  };
  const app = healthServer({ ...parts, clock, lost: ENGINE_ONLY, door: () => opened().observed, meters: () => opened().meters });
  const { url, stop } = await listening(app, { host, port }, clock);
  return {
    url,
    serve(observed, meters) {
      served = { observed, meters };
    },
    stop: () => stop(DRAIN_MS),
  };
}

/** That a process lives and waits for the desk. It knows no tokens, so it says nothing but that. Rejects with the error of the socket. */
export async function openWaitingHealth({
  host,
  port,
  clock,
  ...parts
}: HealthOptions): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const nothing = () => {
    throw new ApiProblem(UNAVAILABLE, WAITS);
  };
  const lost = { status: UNAVAILABLE, sentence: WAITS };
  const app = healthServer({ ...parts, clock, lost, door: nothing, meters: nothing, closed: WAITING });
  const { url, stop } = await listening(app, { host, port }, clock);
  // The desk takes the address over, and waits for no one who asked how this one was.
  return { url, stop: () => stop(0) };
}
