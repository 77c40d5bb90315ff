import type { Fault } from "./faults.ts";
import type { Holds } from "./holds.ts";
import type { Members } from "./members.ts";
import { type Blocker, type Patience, untilGone } from "./silence.ts";

export interface EntryNeeds {
  readonly members: Members;
  readonly holds: Holds;
  readonly name: string;
  readonly aloneWith: string | undefined;
  readonly patience: Patience;
}

/**
 * Whether a process that has joined may stay. One that must be alone takes a stream as the sign of it: of several such processes one gets it, and all of
 * them and the others see each other, for each was written down before it looked. One whose time is not over yet is waited for.
 */
export function entryFault({ members, holds, name, aloneWith, patience }: EntryNeeds): Promise<Fault | undefined> {
  return untilGone(patience, async () => {
    const other = await members.living(name, aloneWith === undefined);
    if (other) return blockerOf(other);
    if (aloneWith === undefined) return undefined;
    const taken = await holds.tryTo(aloneWith);
    return "by" in taken ? blockerOf(taken.by) : undefined;
  });
}

function blockerOf({ _id, pid, host, renewedAt }: { _id: string; pid: number; host: string; renewedAt: Date }): Blocker {
  return { pid, host, sign: `${_id} ${renewedAt.getTime()}` };
}
