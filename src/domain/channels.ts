import type { Channel } from "./desk-facts.ts";
import type { DigestPeriod } from "./digest.ts";
import type { DeskEvent } from "./events.ts";
import type { MarketMs } from "./time.ts";

/** A place that nothing was said of yet. */
export function newChannel(place: string): Channel {
  return { place, kinds: [], digest: undefined, lastDigestDay: undefined, quiet: undefined };
}

/** A new setting of one period's digest; what was told is not told again. */
export function periodicOf(
  { periodic = {} }: Channel,
  { at, timeZone }: Extract<DeskEvent, { type: "channel-digest-set" }>,
  period: DigestPeriod,
  setMs: MarketMs,
): NonNullable<Channel["periodic"]> {
  const { [period]: before, ...others } = periodic;
  return at === undefined ? others : { ...others, [period]: { at, timeZone, setMs, last: before?.last } };
}

/** A channel once its digest fell due. */
export function toldDigest(channel: Channel, { day, period }: Extract<DeskEvent, { type: "digest-due" }>): Channel {
  if (period === undefined) return { ...channel, lastDigestDay: day };
  const set = channel.periodic?.[period];
  return set ? { ...channel, periodic: { ...channel.periodic, [period]: { ...set, last: day } } } : channel;
}
