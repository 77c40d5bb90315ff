import { type Painted, painted } from "../../chat/painted.ts";
import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Painter } from "../../ports/picture.ts";
import type { View } from "../../ports/view.ts";
import type { AnswerHandle } from "./answer-handle.ts";
import type { Api } from "./api.ts";
import { faultOf } from "./fault.ts";
import { renderParcel } from "./render.ts";

export interface AnswerParts {
  readonly api: Api;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Without one pictures are told in words. */
  readonly painter?: Painter | undefined;
  /** Aborted when the platform stops. */
  readonly signal: AbortSignal;
}

/** Interim views are shown at most this often. */
const PROGRESS_EVERY_MS = 1_000;
const RETRIES_MAX = 6;
const RETRY_FIRST_MS = 1_000;

/** The one answer to an interaction: edited as the work goes on, finished once. */
export class Answer {
  readonly #parts: AnswerParts;
  readonly #handle: AnswerHandle;
  readonly #acknowledged: Promise<void>;
  readonly #finished = new AbortController();
  #latest: View | undefined;
  #progress: Promise<void> | undefined;
  #followUpId: string | undefined;
  #isVoid = false;

  /** `acknowledged` is the first response on its way: Discord takes edits only after it. */
  constructor(parts: AnswerParts, handle: AnswerHandle, acknowledged: Promise<void>) {
    this.#parts = parts;
    this.#handle = handle;
    this.#acknowledged = acknowledged.catch((error: unknown) => {
      parts.logger.warn({ interactionId: handle.interactionId, error: messageOf(error) }, "Discord did not take the first response");
    });
  }

  /** Shows an interim view soon; of several only the latest. Ignored once the answer is finished. */
  progress(view: View): void {
    if (this.#finished.signal.aborted || this.#isVoid) return;
    this.#latest = view;
    this.#progress ??= this.#showProgress();
  }

  /** Shows the final view, after every interim one; posts it elsewhere when the interaction is void. Retries while Discord is away. */
  async finish(view: View): Promise<void> {
    if (this.#finished.signal.aborted) return;
    this.#finished.abort();
    const { clock, logger, painter, signal } = this.#parts;
    const [shown] = await Promise.all([painted(view, painter), this.#progress, this.#acknowledged]);
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        return await this.#show(shown);
      } catch (error) {
        const facts = { interactionId: this.#handle.interactionId, error: messageOf(error), attempt };
        if (attempt === RETRIES_MAX || isFinal(error)) return logger.error(facts, "an answer could not be shown in Discord");
        logger.warn(facts, "Discord did not take an answer; trying again");
        await clock.sleep(RETRY_FIRST_MS * 2 ** attempt, signal);
      }
    }
  }

  async #showProgress(): Promise<void> {
    const { clock, logger } = this.#parts;
    await this.#acknowledged;
    while (this.#latest !== undefined && !this.#finished.signal.aborted && !this.#isVoid) {
      const view = this.#latest;
      this.#latest = undefined;
      try {
        await this.#edit({ view });
      } catch (error) {
        // A void token answers 401, and too many of those get the whole address banned.
        if (isVoid(error)) this.#isVoid = true;
        logger.debug({ error: messageOf(error) }, "an interim view was not shown");
      }
      await clock.sleep(PROGRESS_EVERY_MS, this.#finished.signal);
    }
    this.#progress = undefined;
  }

  async #show(shown: Painted): Promise<void> {
    if (!this.#isVoid) {
      try {
        return await this.#edit(shown);
      } catch (error) {
        if (!isVoid(error)) throw error;
        this.#isVoid = true;
      }
    }
    await postInstead(this.#parts.api, this.#handle, shown);
  }

  async #edit(shown: Painted): Promise<void> {
    const { api } = this.#parts;
    if (this.#handle.target === "original") return api.editAnswer(this.#handle, "@original", renderParcel(shown));
    if (this.#followUpId !== undefined) return api.editAnswer(this.#handle, this.#followUpId, renderParcel(shown));
    this.#followUpId = await api.followUp(this.#handle, renderParcel(shown, { ephemeral: true }));
  }
}

/** Finishes the answer that an earlier process left open. Rejects as Discord did. */
export async function finishInterrupted(api: Api, handle: AnswerHandle, view: View): Promise<void> {
  try {
    if (handle.target === "original") await api.editAnswer(handle, "@original", renderParcel({ view }));
    else await api.followUp(handle, renderParcel({ view }, { ephemeral: true }));
  } catch (error) {
    if (!isVoid(error)) throw error;
    await postInstead(api, handle, { view });
  }
}

const PRIVATE_TIMED_OUT: View = {
  title: "An answer for one person only could not be shown",
  tone: "warning",
  lines: ["Its time in this channel ran out and direct messages are closed. Ask again here, or allow direct messages."],
  fields: [],
  buttons: [],
};

/** Posts what can no longer be shown as the answer. What is private goes to a direct message, never to a channel that others read. */
async function postInstead(api: Api, handle: AnswerHandle, shown: Painted): Promise<void> {
  const nonce = `a${handle.interactionId}`;
  if (!handle.isPrivate || handle.direct) {
    await api.post(handle.channelId, renderParcel(shown), nonce);
    return;
  }
  try {
    await api.post(await api.openDirect(handle.userId), renderParcel(shown), nonce);
  } catch (error) {
    if (faultOf(error) !== "place-gone") throw error;
    await api.post(handle.channelId, renderParcel({ view: PRIVATE_TIMED_OUT }), `n${handle.interactionId}`);
  }
}

/** The interaction's token ran out, or the person threw the message away. */
function isVoid(error: unknown): boolean {
  return ["answer-void", "message-gone"].includes(faultOf(error));
}

function isFinal(error: unknown): boolean {
  return ["place-gone", "token-refused"].includes(faultOf(error));
}
