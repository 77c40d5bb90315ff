import { TransientError, UserError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { NotSent, type Platform } from "../../ports/platform.ts";
import type { View } from "../../ports/view.ts";
import { card } from "../view.ts";
import { nonceOf } from "./entry.ts";
import type { Parcel } from "./folding.ts";
import { LOOK_AGAIN_MS, PLAIN_AFTER, SEND_MAX_MS } from "./limits.ts";

/** How a try ended. `lost`: it may have arrived. `refused`: that place or message is gone for good. */
export type Outcome =
  | { readonly kind: "sent"; readonly messageId: string }
  | { readonly kind: "not-sent" | "lost"; readonly error: unknown; readonly retryAfterMs?: number }
  | { readonly kind: "refused"; readonly error: UserError };

export interface Try {
  readonly platform: Platform;
  readonly clock: Clock;
  readonly place: string;
  readonly parcel: Parcel;
  /** Called about once a second while the platform does not answer; true gives up waiting. */
  readonly onWaiting: () => Promise<boolean>;
}

/** One try to get a message out. Never rejects. An answer that comes after we gave up waiting is kept with its entry. */
export async function trySend(attempt: Try): Promise<Outcome> {
  const { parcel, clock, onWaiting } = attempt;
  const [first] = parcel.entries;
  if (first?.lateId !== undefined) return { kind: "sent", messageId: first.lateId };
  const answered = new AbortController();
  let outcome: Outcome | undefined;
  let isWaiting = true;
  const answer = send(attempt).then((result) => {
    outcome = result;
    if (!isWaiting && result.kind === "sent" && first) first.lateId = result.messageId;
    answered.abort();
  });
  const startedMs = clock.monotonicMs();
  while (outcome === undefined && clock.monotonicMs() - startedMs < SEND_MAX_MS) {
    await Promise.race([answer, clock.sleep(LOOK_AGAIN_MS, answered.signal)]);
    if (outcome === undefined && (await onWaiting())) break;
  }
  isWaiting = false;
  answered.abort();
  return outcome ?? { kind: "lost", error: new TransientError("the platform did not answer in time") };
}

async function send({ platform, place, parcel }: Try): Promise<Outcome> {
  const [first] = parcel.entries;
  if (first === undefined) return { kind: "not-sent", error: new Error("a parcel without an alert") };
  const view = first.attempts > PLAIN_AFTER ? plainView(parcel.view) : parcel.view;
  const nonce = nonceOf(first);
  try {
    if (parcel.editOf !== undefined) {
      await platform.edit(place, parcel.editOf, view);
      return { kind: "sent", messageId: parcel.editOf };
    }
    const repeat = first.mayHaveArrived ? { repeatOf: nonce } : {};
    return { kind: "sent", messageId: await platform.send(place, forOther(view, first.failoverFor), { nonce, ...repeat }) };
  } catch (error) {
    if (error instanceof UserError) return { kind: "refused", error };
    if (!(error instanceof NotSent)) return { kind: "lost", error };
    return { kind: "not-sent", error, ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) };
  }
}

function forOther(view: View, place: string | undefined): View {
  if (place === undefined) return view;
  return { ...view, title: `${view.title} (for ${place})`, lines: [...view.lines, `This alert is for ${place}, which cannot be reached.`] };
}

/** Its sentences only. */
function plainView({ title, lines, fields }: View): View {
  return card(title)
    .line(...lines, ...fields.map(({ name, value }) => `${name}: ${value}`))
    .view();
}
