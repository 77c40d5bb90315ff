import type { OpenedEngine } from "../engine/open.ts";
import type { Clock } from "../ports/clock.ts";
import { heartbeat } from "../system/heartbeat.ts";
import type { ProcessOptions } from "./process.ts";

/** The panic that comes from outside of chat: by file or signal. Asking again while it is on does nothing. */
export function panicOf({ engine, desk }: OpenedEngine, clock: Clock): (reason: string) => Promise<void> {
  return async (reason) => {
    if (desk.halt?.panic) return;
    await engine.panic(reason, { requestId: `panic:${clock.wall()}`, user: "desk" });
  };
}

/** Beats once a second: the engine, the panic file, the outside monitor, and what a process adds. */
export function startBeat(
  options: ProcessOptions,
  { pulse }: OpenedEngine,
  panic: (reason: string) => Promise<void>,
  also = () => {},
): void {
  const { config, clock, logger, beat, panicRequested } = options;
  const url = config.heartbeatUrl?.reveal();
  const healthy = () => pulse.problems().length === 0;
  const ping = url === undefined ? undefined : heartbeat(url, healthy, () => clock.monotonicMs(), logger);
  beat.start(async () => {
    await pulse.beat();
    if (panicRequested()) await panic("the panic file exists");
    ping?.();
    also();
  });
}
