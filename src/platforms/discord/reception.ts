import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  Interaction,
  ModalSubmitInteraction,
} from "discord.js";
import { messageOf } from "../../domain/errors.ts";
import type { FrontDoor, Place, Request } from "../../ports/platform.ts";
import type { View } from "../../ports/view.ts";
import { Answer, type AnswerParts } from "./answer.ts";
import { type AnswerHandle, encodeHandle } from "./answer-handle.ts";
import { EPHEMERAL, questionIn, renderCard, renderForm, TYPE_PREFIX, TYPED_FIELD } from "./render.ts";
import { renderSecretModal, SECRET_PREFIX, secretsOf } from "./secret-modal.ts";
import { slashLine } from "./slash-args.ts";
import { suggestions } from "./suggestions.ts";

export const PLATFORM = "discord";

type Asked = ChatInputCommandInteraction | ButtonInteraction | ModalSubmitInteraction;

/** Where an interaction comes from, in Discord's numbers: the bot's own direct messages. */
const BOT_DM = 1;
/** Interactions that Discord may deliver twice are remembered this far back. */
const REMEMBERED_MAX = 1_000;

/** Receives what people do: acknowledges at once, makes it durable, has it run, and shows the answer. */
export class Reception {
  readonly #door: FrontDoor;
  readonly #parts: AnswerParts;
  readonly #recent = new Set<string>();
  /** Messages that are about to become the answer to a press. */
  readonly #awaited = new Set<string>();

  constructor(door: FrontDoor, parts: AnswerParts) {
    this.#door = door;
    this.#parts = parts;
  }

  /** Never rejects. */
  async receive(interaction: Interaction): Promise<void> {
    if (this.#isRepeated(interaction.id)) return;
    try {
      if (interaction.isChatInputCommand()) await this.#slash(interaction);
      else if (interaction.isAutocomplete()) await this.#autocomplete(interaction);
      else if (interaction.isButton()) await this.#press(interaction);
      else if (interaction.isModalSubmit()) await this.#typed(interaction);
    } catch (error) {
      this.#parts.logger.error({ interactionId: interaction.id, error: messageOf(error) }, "an interaction could not be answered");
    }
  }

  async #slash(interaction: ChatInputCommandInteraction): Promise<void> {
    const { path, args } = slashLine(interaction.commandName, interaction.options.data);
    const request: Request = { ...askedBy(interaction), path, args };
    const isPrivate = this.#door.isPrivate(request);
    const handle = handleOf(interaction, { isPrivate, target: "original" });
    const answer = new Answer(this.#parts, handle, this.#parts.api.defer(interaction, isPrivate));
    await this.#run({ ...request, answerHandle: encodeHandle(handle) }, answer);
  }

  async #press(interaction: ButtonInteraction): Promise<void> {
    const { api, logger } = this.#parts;
    if (interaction.customId.startsWith(TYPE_PREFIX)) return api.openForm(interaction, renderForm(interaction.customId));
    if (interaction.customId.startsWith(SECRET_PREFIX)) return this.#openSecrets(interaction);
    const acknowledged = api.deferUpdate(interaction);
    acknowledged.catch(() => undefined);
    const { id: requestId, user, place } = askedBy(interaction);
    const answerHandle = encodeHandle(handleOf(interaction, { isPrivate: isEphemeral(interaction), target: "original" }));
    const press = { requestId, action: interaction.customId, user, place, answerHandle };
    const result = await this.#door.press(press).catch((error: unknown) => {
      logger.error({ requestId, error: messageOf(error) }, "a button could not be looked up");
      return { view: NOT_STORED };
    });
    if ("request" in result) return this.#continue(interaction, result.request, acknowledged);
    const aside = handleOf(interaction, { isPrivate: true, target: "follow-up" });
    await new Answer(this.#parts, aside, acknowledged).finish(result.view);
  }

  /** Discord shows a form only in answer to the press itself, so the door is asked from memory. */
  async #openSecrets(interaction: ButtonInteraction): Promise<void> {
    const { api } = this.#parts;
    const { user, place } = askedBy(interaction);
    const found = this.#door.forms.look(interaction.customId.slice(SECRET_PREFIX.length), user.id, place.id);
    if ("problem" in found) return api.reply(interaction, renderCard(found.problem, { ephemeral: true }));
    await api.openForm(interaction, renderSecretModal(found));
  }

  /** Secrets go to the door and nowhere else: they are not stored, not even as a request. Only that person sees the answer. */
  async #entered(interaction: ModalSubmitInteraction): Promise<void> {
    const values = secretsOf(interaction);
    const { user, place } = askedBy(interaction);
    const target = isEphemeral(interaction) || place.direct ? "original" : "follow-up";
    const acknowledged = this.#parts.api.deferUpdate(interaction);
    const answer = new Answer(this.#parts, handleOf(interaction, { isPrivate: true, target }), acknowledged);
    const token = interaction.customId.slice(SECRET_PREFIX.length);
    await answer.finish(await this.#door.forms.submit({ token, values, user, place }));
  }

  async #typed(interaction: ModalSubmitInteraction): Promise<void> {
    const { api } = this.#parts;
    if (interaction.customId.startsWith(SECRET_PREFIX)) return this.#entered(interaction);
    const { id, user, place } = askedBy(interaction);
    const found = this.#door.answer(interaction.fields.getTextInputValue(TYPED_FIELD), id, user, place, questionIn(interaction.customId));
    if (found === undefined || "view" in found) return api.reply(interaction, renderCard(found?.view ?? NOT_OPEN, { ephemeral: true }));
    await this.#continue(interaction, found.request, api.deferUpdate(interaction));
  }

  /**
   * The answer replaces the message that asked, unless others can read that one and may not read the answer, or unless that message waits for another answer:
   * what a second touch of a button comes to must not stand where the first one's result belongs.
   */
  async #continue(interaction: ButtonInteraction | ModalSubmitInteraction, request: Request, acknowledged: Promise<void>): Promise<void> {
    const ephemeral = isEphemeral(interaction);
    const isPrivate = this.#door.isPrivate(request);
    const messageId = interaction.message?.id;
    const isAwaited = messageId !== undefined && this.#awaited.has(messageId);
    const isAside = isAwaited || (isPrivate && !ephemeral && !request.place.direct);
    const handle = handleOf(interaction, {
      isPrivate: isPrivate || ephemeral || isAwaited,
      target: isAside ? "follow-up" : "original",
    });
    const run = this.#run({ ...request, answerHandle: encodeHandle(handle) }, new Answer(this.#parts, handle, acknowledged));
    if (messageId === undefined || isAside) return run;
    this.#awaited.add(messageId);
    await run.finally(() => this.#awaited.delete(messageId));
  }

  async #run(request: Request, answer: Answer): Promise<void> {
    if (this.#door.mustStore(request.path)) {
      const stored = await this.#door.accept(request).catch((error: unknown) => {
        this.#parts.logger.error({ requestId: request.id, error: messageOf(error) }, "a request could not be stored");
        return "failed" as const;
      });
      if (stored === "failed") return answer.finish(NOT_STORED);
      if (stored === "seen") return;
    }
    await answer.finish(await this.#door.handle(request, (view) => answer.progress(view)));
  }

  async #autocomplete(interaction: AutocompleteInteraction): Promise<void> {
    const line = slashLine(interaction.commandName, interaction.options.data);
    const { user, place } = askedBy(interaction);
    const choices = await suggestions({ door: this.#door, ...this.#parts }, line, { user: user.id, place: place.id });
    await this.#parts.api.suggest(interaction, choices);
  }

  #isRepeated(id: string): boolean {
    if (this.#recent.has(id)) return true;
    this.#recent.add(id);
    const [oldest] = this.#recent;
    if (this.#recent.size > REMEMBERED_MAX && oldest !== undefined) this.#recent.delete(oldest);
    return false;
  }
}

function askedBy(interaction: Asked | AutocompleteInteraction): Pick<Request, "id" | "user" | "place"> {
  const place: Place = { platform: PLATFORM, id: `${PLATFORM}:${interaction.channelId ?? ""}`, direct: isDirect(interaction) };
  return { id: `${PLATFORM}:${interaction.id}`, user: { id: userId(interaction), name: interaction.user.username }, place };
}

/** Whether nobody else reads along: a chat of several people without a server is in no server either. */
function isDirect({ context }: Interaction): boolean {
  return context === BOT_DM;
}

function userId(interaction: Interaction): string {
  return `${PLATFORM}:${interaction.user.id}`;
}

function handleOf(interaction: Asked, { isPrivate, target }: Pick<AnswerHandle, "isPrivate" | "target">): AnswerHandle {
  return {
    applicationId: interaction.applicationId,
    interactionId: interaction.id,
    token: interaction.token,
    channelId: interaction.channelId ?? "",
    userId: interaction.user.id,
    isPrivate,
    direct: isDirect(interaction),
    target,
  };
}

/** Whether the message that carries the button is for that person only. */
function isEphemeral(interaction: Asked): boolean {
  return "message" in interaction && interaction.message !== null && interaction.message.flags.has(EPHEMERAL);
}

const NOT_STORED: View = {
  title: "Nothing was done",
  tone: "bad",
  lines: ["Your request could not be stored, so it was not carried out. Try again in a moment."],
  fields: [],
  buttons: [],
};

const NOT_OPEN: View = {
  title: "This question is no longer open",
  tone: "warning",
  lines: ["It was answered already, it ran out, or somebody else was asked. Give the command again."],
  fields: [],
  buttons: [],
};
