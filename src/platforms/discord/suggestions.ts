import type { APIApplicationCommandOptionChoice } from "discord.js";
import { messageOf } from "../../domain/errors.ts";
import { oneLine } from "../../domain/visible-text.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Completion, FrontDoor } from "../../ports/platform.ts";
import { CHOICES_MAX, choicesLike, SUGGESTION_TEXT_MAX } from "./command-set.ts";
import type { SlashLine } from "./slash-args.ts";
import { cut } from "./text.ts";

/** Discord waits 3 s; the way there and back needs its share. */
const PATIENCE_MS = 2_000;

/** What to offer while a person types. Empty when nothing fits, when it takes too long and when it fails. */
export async function suggestions(
  parts: { readonly door: FrontDoor; readonly clock: Clock; readonly logger: Logger },
  line: SlashLine,
  asker: { readonly user: string; readonly place: string },
): Promise<APIApplicationCommandOptionChoice[]> {
  const { door, clock, logger } = parts;
  const argument = door
    .catalog()
    .find((command) => command.path === line.path)
    ?.args.find((each) => each.name === line.focused);
  if (argument === undefined) return [];
  const { [argument.name]: typed = "", ...others } = line.args;
  const enough = new AbortController();
  const late = clock.sleep(PATIENCE_MS, enough.signal).then((): Completion[] => []);
  try {
    const found = argument.completes
      ? await Promise.race([door.complete(line.path, argument.name, typed, asker.user, others, asker.place), late])
      : choicesLike(argument, typed).map((choice) => ({ value: choice, label: choice }));
    const isNumeric = argument.kind === "integer" || argument.kind === "number";
    return found.flatMap((each) => choiceOf(each, isNumeric)).slice(0, CHOICES_MAX);
  } catch (error) {
    logger.warn({ path: line.path, argument: argument.name, error: messageOf(error) }, "no suggestions could be made");
    return [];
  } finally {
    enough.abort();
  }
}

/** A value that Discord would refuse is left out: cut short it would be another value. */
function choiceOf({ value, label }: Completion, isNumeric: boolean): APIApplicationCommandOptionChoice[] {
  const text = oneLine(label);
  const name = cut(text === "" ? value : text, SUGGESTION_TEXT_MAX);
  if (name === "" || value === "" || value.length > SUGGESTION_TEXT_MAX) return [];
  if (!isNumeric) return [{ name, value }];
  return Number.isFinite(Number(value)) ? [{ name, value: Number(value) }] : [];
}
