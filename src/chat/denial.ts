import { messageOf } from "../domain/errors.ts";
import type { DeskLedger } from "../ports/engine.ts";
import type { Request } from "../ports/platform.ts";
import type { View } from "../ports/view.ts";
import type { DoorOptions } from "./door-options.ts";
import { badView } from "./view.ts";

/** Writes a denial to the audit and says as much as a stranger may know; a person who is locked out gets one sentence. */
export async function denialOf(
  request: Request,
  isLocked: boolean,
  { desk, owners, logger }: Pick<DoorOptions, "owners" | "logger"> & { readonly desk: Pick<DeskLedger, "state" | "append"> },
): Promise<View> {
  try {
    await desk.append([{ type: "access-denied", user: request.user.id, place: request.place.id, path: request.path }]);
  } catch (thrown) {
    logger.error({ user: request.user.id, path: request.path, error: messageOf(thrown) }, "a denial could not be written to the audit");
  }
  if (isLocked)
    return denied("Your access is locked: an admin who is not you, or the desk's terminal, gives it back with `access unlock`.");
  const unclaimed = !desk.state.claimed && owners.size === 0;
  const hint = unclaimed
    ? "Nobody owns this desk yet: send `access link code:...` with the code that it printed when it started."
    : "An admin of this desk can change that.";
  return denied("You may not do that here", hint);
}

function denied(sentence: string, ...lines: readonly string[]): View {
  return { ...badView(sentence, ...lines), fault: "denied" };
}
