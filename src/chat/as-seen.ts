import { UserError } from "../domain/errors.ts";
import type { DeskEvent } from "../domain/events.ts";
import type { Args, Call } from "./command.ts";

/**
 * Writes a fact that follows from what the desk says now, at once and not with the audit: where somebody else's fact about the same is folded before it, nothing is
 * written, for it would undo what they were told. Throws UserError then. To be called in the go in which the fact was made.
 */
export async function recordAsSeen(
  { desk, caller }: Pick<Call<Args>, "desk" | "caller">,
  look: () => unknown,
  event: DeskEvent,
): Promise<void> {
  const seen = look();
  const asSeen = (): readonly DeskEvent[] => {
    if (look() !== seen)
      throw new UserError("Somebody else has set this in the same moment. Nothing was done; look what holds now, then send it again.");
    return [event];
  };
  await desk.append(asSeen, caller.requestId);
}
