import { monitorEventLoopDelay } from "node:perf_hooks";
import type { LoopDelay } from "../ports/clock.ts";

const RESOLUTION_MS = 20;
const NS_PER_MS = 1_000_000;

/** Measures from now on, at the cost of one timer. Each reading tells of the time since the one before it. */
export function watchEventLoop(): () => LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return () => {
    const late = (ns: number) => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
    const delay = { medianMs: late(histogram.percentile(50)), p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) };
    histogram.reset();
    return delay;
  };
}
