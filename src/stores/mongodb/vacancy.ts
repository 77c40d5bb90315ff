import type { Clock } from "../../ports/clock.ts";
import { faultOf } from "./faults.ts";
import { formerHolder } from "./former.ts";
import type { Collections } from "./schemas.ts";
import { whoOf } from "./silence.ts";

/** How often one who waits looks. */
const LOOK_EVERY_MS = 500;

/** Who has a stream now, by the server's clock, or a build before version 2 that has all of them. */
export async function holderOf({ meta, holds, members }: Collections, stream: string): Promise<{ pid: number; host: string } | undefined> {
  const former = await formerHolder(meta);
  if (former) return former;
  const hold = await holds.findOne({ _id: stream });
  if (!hold || hold.holder === null) return undefined;
  const alive = { _id: hold.holder, isGone: false, $expr: { $gt: ["$expiresAt", "$$NOW"] } };
  return (await members.findOne(alive, { projection: { _id: 0, pid: 1, host: 1 } })) ?? undefined;
}

/** Waits until nobody has a stream. `told` hears who has it, once; a database that does not answer meanwhile is asked again. */
export async function vacancy(collections: Collections, stream: string, clock: Clock, told: (who: string) => void): Promise<void> {
  let isTold = false;
  for (;;) {
    try {
      const holder = await holderOf(collections, stream);
      if (!holder) return;
      if (!isTold) told(whoOf(holder));
      isTold = true;
    } catch (thrown) {
      if (!faultOf(thrown)) throw thrown;
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
}
