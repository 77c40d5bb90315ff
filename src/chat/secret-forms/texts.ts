import { UserError } from "../../domain/errors.ts";
import type { KeyEntry } from "../../domain/events.ts";
import { MINUTE_MS } from "../../domain/time.ts";
import type { Place } from "../../ports/platform.ts";
import type { OpenForm } from "../../ports/secret-form.ts";
import type { View } from "../../ports/view.ts";
import { badView, card } from "../view.ts";

/** A form is open this long. */
export const FORM_LIFE_MS = 10 * MINUTE_MS;
const FORM_LIFE_MINUTES = FORM_LIFE_MS / MINUTE_MS;
/** A button that leaves a form: `f:TOKEN`. */
export const FORM_ACTION = "f:";

/** What a person is told about the way that a secret takes. */
const HOW: Readonly<Record<Exclude<KeyEntry, "page">, readonly string[]>> = {
  terminal: [],
  api: [],
  discord: [
    "Press the button and enter it there: nobody else in this channel sees it.",
    "It passes through Discord's servers on its way, so rotate the key when you can.",
  ],
  telegram: [
    "Send the values here: one message each, or all in one. I delete each message at once and store none of them.",
    "Telegram's servers see them on their way, so rotate the key when you can.",
  ],
};

/** How a secret comes in at a place. Throws UserError where others would read it. */
export function entryAt({ platform, direct }: Place, path: string): Exclude<KeyEntry, "page"> {
  if (platform === "telegram" && !direct)
    throw new UserError(`Keys are not taken in a group, where everybody reads them: send \`${path}\` in a private chat with me.`);
  if (platform === "terminal" || platform === "discord" || platform === "telegram" || platform === "api") return platform;
  throw new UserError(
    `Keys are not taken on ${platform}: send \`${path}\` at the desk's terminal, in Discord or in a private Telegram chat.`,
  );
}

/** The card of a form that was just opened. */
export function openView(form: OpenForm, entry: Exclude<KeyEntry, "page">, pageUrl: string | undefined): View {
  const asked = card(form.title)
    .line(...HOW[entry])
    .line(pageUrl === undefined ? undefined : pageText(pageUrl, entry))
    .line(`This works once, within ${FORM_LIFE_MINUTES} minutes.`)
    .action("Cancel", FORM_ACTION + form.token, "danger");
  return { ...asked.view(), form };
}

function pageText(url: string, entry: Exclude<KeyEntry, "page">): string {
  if (entry === "terminal") return `Type it below, or open ${url} in a browser on this machine.`;
  return `Or open ${url} on the desk's machine: then no chat sees it.`;
}

/** What is still missing of a form; with a problem, why it was not taken. */
export function nextView(form: OpenForm, problem: string | undefined): View {
  const rest = form.fields.map(({ label }) => label).join(", ");
  const asked = card(problem ?? form.title).line(`Still to enter: ${rest}.`);
  if (problem !== undefined) asked.warning();
  return { ...asked.action("Cancel", FORM_ACTION + form.token, "danger").view(), form };
}

/** Why a form takes nothing any more, and that nothing of it was stored. */
export function goneView(kind: "unknown" | "expired" | "used"): View {
  return badView(
    {
      unknown: "This form is not known any more: a restart forgets it",
      expired: `This form is older than ${FORM_LIFE_MINUTES} minutes, so it was closed`,
      used: "This form is closed: it was filled in, left, or replaced by a newer one",
    }[kind],
    "Nothing of this was stored. Send the command again if you still want it.",
  );
}
