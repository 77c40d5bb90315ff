import type { APIModalInteractionResponseCallbackData, ModalSubmitInteraction } from "discord.js";
import { Secret } from "../../domain/secret.ts";
import { oneLine } from "../../domain/visible-text.ts";
import type { OpenForm, SecretValues } from "../../ports/secret-form.ts";
import { cut } from "./text.ts";

/** Starts the id of the button that opens a form for secrets, and of that form; the form's token follows. */
export const SECRET_PREFIX = "secret:";

const TITLE_MAX = 45;
const VALUE_MAX = 512;
const VALUE_MIN = 4;
const LABEL = 18;
const TEXT_INPUT = 4;
const SHORT = 1;

/** The form of Discord's own in which a person enters secrets: no message of any channel carries them. */
export function renderSecretModal({ token, title, fields }: OpenForm): APIModalInteractionResponseCallbackData {
  return {
    custom_id: SECRET_PREFIX + token,
    title: cut(oneLine(title), TITLE_MAX),
    components: fields.map(({ name, label }) => ({
      type: LABEL,
      label,
      component: { type: TEXT_INPUT, custom_id: name, style: SHORT, required: true, min_length: VALUE_MIN, max_length: VALUE_MAX },
    })),
  };
}

/** What was entered, shut away before anything else is done with it. */
export function secretsOf({ fields }: ModalSubmitInteraction): SecretValues {
  const entered: Record<string, Secret> = {};
  for (const [name, field] of fields.fields)
    if ("value" in field && typeof field.value === "string") entered[name] = new Secret(field.value);
  return entered;
}
