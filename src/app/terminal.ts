import type { Delivery } from "../chat/delivery.ts";
import { DIGEST_AT } from "../chat/digests.ts";
import { card } from "../chat/view.ts";
import { ALERT_KINDS } from "../domain/events.ts";
import { minuteText } from "../domain/time.ts";
import type { OpenedEngine } from "../engine/open.ts";
import type { View } from "../ports/view.ts";

const TERMINAL_PLACE = "terminal:local";

/** The terminal hears everything, and gets its digest, without being asked. */
export async function subscribeTerminal({ desk }: OpenedEngine, timeZone: string): Promise<void> {
  if (desk.state.channels.has(TERMINAL_PLACE)) return;
  await desk.append([
    { type: "channel-subscribed", place: TERMINAL_PLACE, kinds: [...ALERT_KINDS], by: "desk" },
    { type: "channel-digest-set", place: TERMINAL_PLACE, at: DIGEST_AT, timeZone, by: "desk" },
  ]);
}

/** Moves a scripted market, tells everybody what happened meanwhile, and says where it stands. */
export async function wait({ engine }: OpenedEngine, delivery: Delivery, span: { readonly forMs: number } | "end"): Promise<View> {
  const market = await engine.moveMarket(span);
  await delivery.idle();
  return card(`The market is at ${minuteText(market.atMs)} UTC`)
    .line(market.ended ? `${market.label}: it has no more candles.` : market.label)
    .view();
}

/** The first words of a terminal. */
export function welcome({ engine }: OpenedEngine): View {
  const { label, atMs, speed } = engine.market();
  const pace = speed === "1" ? "in real time" : speed === "script" ? "and moves only when you type wait 2h" : `at ${speed} times real time`;
  return card("Welcome to ScalpStorm")
    .line(`Paper trading on the ${label}, ${minuteText(atMs)} UTC, ${pace}.`)
    .line("Type bot create to make your first bot by answering questions, or help to see everything.")
    .view();
}
