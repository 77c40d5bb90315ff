import { CLOCK_OFF_MAX_MS } from "../../engine/live/limits.ts";
import type { Skew } from "./asking.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const ABOUT = "clock";
const REMEDY = "Set it by NTP: `timedatectl set-ntp true`, on Windows `w32tm /resync`.";

/** This machine's clock by the surest of others. Where orders are signed with it a wrong one keeps them from being taken. */
export function clockFinding(skews: readonly Skew[], wasAsked: boolean): Finding {
  const [surest] = [...skews].sort((a, b) => a.uncertaintyMs - b.uncertaintyMs);
  if (surest === undefined)
    return wasAsked
      ? warn(ABOUT, "nobody answered with whom it could be compared", "Cure what does not answer above, and look again.")
      : ok(ABOUT, "nothing is set up with which it could be compared");
  const { from, offsetMs, uncertaintyMs } = surest;
  const apart = `${Math.round(Math.abs(offsetMs))} ms ${offsetMs > 0 ? "behind" : "ahead of"} ${from}, give or take ${Math.round(uncertaintyMs)}`;
  if (Math.abs(offsetMs) - uncertaintyMs > CLOCK_OFF_MAX_MS) return fail(ABOUT, `it is ${apart}: entries would wait`, REMEDY);
  if (Math.abs(offsetMs) > CLOCK_OFF_MAX_MS) return warn(ABOUT, `it may be wrong: ${apart}`, REMEDY);
  return ok(ABOUT, apart);
}
