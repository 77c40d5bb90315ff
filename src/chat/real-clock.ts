import type { Engine } from "../ports/engine.ts";

/** ` on the real clock`, where the market has a time of its own; nothing where the two are the same. */
export function onRealClock(engine: Pick<Engine, "market">): string {
  return engine.market().pace === "live" ? "" : " on the real clock";
}
