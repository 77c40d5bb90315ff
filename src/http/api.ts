import type { Dispatcher } from "../chat/dispatcher.ts";
import type { Clock } from "../ports/clock.ts";
import type { CommandInfo } from "../ports/platform.ts";
import { DRAIN_MS } from "./api/limits.ts";
import { type Address, listening } from "./api/listening.ts";
import { LiveHub, type LiveSources } from "./api/live/hub.ts";
import type { Meters } from "./api/meters.ts";
import { ApiProblem } from "./api/problem.ts";
import { apiServer } from "./api/routes.ts";
import type { ServerParts } from "./api/server.ts";

export interface ApiOptions extends ServerParts, Address {
  readonly clock: Clock;
  readonly catalog: readonly CommandInfo[];
}

/** The HTTP API on its socket. */
export interface Api {
  readonly url: string;
  /** From now on requests reach the desk; before, all but the health of the process is 503. */
  serve(door: Dispatcher, meters: Meters, live: LiveSources): void;
  /** Takes nothing new, and cuts what is not answered within a second. */
  stop(): Promise<void>;
}

/** Listens at once, so that an address that is taken refuses the start before anything trades. Rejects with the error of the socket. */
export async function openApi({ host, port, clock, ...parts }: ApiOptions): Promise<Api> {
  let open: { readonly door: Dispatcher; readonly meters: Meters; readonly live: LiveHub } | undefined;
  const opened = () => {
    if (!open) throw new ApiProblem(503, "The desk is starting or stopping. Try again in a moment.", { "retry-after": "1" });
    return open;
  };
  const app = await apiServer({ ...parts, clock, door: () => opened().door, meters: () => opened().meters, live: () => opened().live });
  const { url, stop } = await listening(app, { host, port }, clock);
  return {
    url,
    serve(door, meters, live) {
      open = { door, meters, live: new LiveHub(door, live) };
    },
    async stop() {
      open?.live.stop();
      await stop(DRAIN_MS, () => open?.live.cut());
    },
  };
}
