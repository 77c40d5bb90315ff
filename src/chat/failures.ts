import { messageOf, TransientError, UserError } from "../domain/errors.ts";
import { AppendRefused, StoreUnavailable } from "../ports/store.ts";
import type { View } from "../ports/view.ts";
import type { DoorOptions } from "./door-options.ts";
import { badView } from "./view.ts";

const INCIDENT_LENGTH = 8;

/** What a person is told when a command threw: the sentence that was meant for them, or the number under which it is noted. */
export function failureView(thrown: unknown, path: string, { chance, logger }: Pick<DoorOptions, "chance" | "logger">): View {
  if (thrown instanceof UserError) return badView(thrown.message);
  if (thrown instanceof TransientError) {
    logger.warn({ path, error: messageOf(thrown) }, "a command met something that should pass");
    return { ...badView("The exchange or the store does not answer right now. Try again in a moment."), fault: "unavailable" };
  }
  // Another process may have done it, and this one has no right to the store that it could renew, or none any more.
  if (thrown instanceof StoreUnavailable || thrown instanceof AppendRefused) {
    logger.warn({ path, error: messageOf(thrown) }, "what came of a command could not be written down");
    const text =
      "The store took nothing of it from this process just now, so nobody knows whether all of it is done. Look before you send it again.";
    return { ...badView(text), fault: "unavailable" };
  }
  const incident = chance.token(INCIDENT_LENGTH);
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  logger.error({ incident, path, error: messageOf(thrown), stack }, "a command failed");
  const noted = `It is noted as incident ${incident}. Look at what it changed before you send it again.`;
  return { ...badView("Something went wrong on our side", noted), fault: "internal" };
}
