import type { Update, WebhookInfo } from "@grammyjs/types";
import { badRequest, conflict } from "./api-failure.ts";
import type { Args } from "./methods/table.ts";
import { ENDED_BY_WEBHOOK, type UpdateQueue } from "./updates.ts";

const ATTEMPTS_MAX = 5;
const PAUSE_BETWEEN_ATTEMPTS_MS = 50;
const SECRET_HEADER = "x-telegram-bot-api-secret-token";

/** Posts updates one by one; an answer that is not 2xx is repeated, an answer with `method` is carried out. */
export class Webhook {
  private url = "";
  private secret: string | undefined;
  private lastError: { last_error_date: number; last_error_message: string } | undefined;
  private queue: Promise<void> = Promise.resolve();
  private readonly stopped = new AbortController();
  private readonly updates: UpdateQueue;
  private readonly perform: (method: string, args: Record<string, unknown>) => Promise<unknown>;
  private readonly nowSeconds: () => number;

  constructor(
    updates: UpdateQueue,
    perform: (method: string, args: Record<string, unknown>) => Promise<unknown>,
    nowSeconds: () => number,
  ) {
    this.updates = updates;
    this.perform = perform;
    this.nowSeconds = nowSeconds;
  }

  refusePolling(): void {
    if (this.url) throw conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first");
  }

  set(args: Args<"setWebhook">): void {
    if (args.url === "") {
      this.remove();
      return;
    }
    const { hostname } = parsedUrl(args.url);
    // The counterpart never leaves this machine.
    if (!["127.0.0.1", "localhost"].includes(hostname)) throw badRequest("bad webhook: only addresses of this machine are served");
    this.url = args.url;
    this.secret = args.secret_token;
    this.updates.end(ENDED_BY_WEBHOOK);
    this.updates.allow(args.allowed_updates);
    const waiting = this.updates.drain();
    this.updates.webhook = (update) => this.post(update);
    if (!args.drop_pending_updates) for (const update of waiting) this.post(update);
  }

  remove(): void {
    this.url = "";
    this.updates.webhook = undefined;
  }

  stop(): void {
    this.remove();
    this.stopped.abort();
  }

  info(): WebhookInfo {
    return { url: this.url, has_custom_certificate: false, pending_update_count: this.updates.size, ...this.lastError };
  }

  private post(update: Update): void {
    this.queue = this.queue.then(async () => {
      for (let attempt = 1; attempt <= ATTEMPTS_MAX && !this.stopped.signal.aborted; attempt += 1) {
        if (await this.attempt(update)) return;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_BETWEEN_ATTEMPTS_MS));
      }
    });
  }

  private async attempt(update: Update): Promise<boolean> {
    const headers = { "content-type": "application/json", ...(this.secret ? { [SECRET_HEADER]: this.secret } : {}) };
    try {
      const answer = await fetch(this.url, { method: "POST", headers, body: JSON.stringify(update), signal: this.stopped.signal });
      const body = await answer.text();
      if (!answer.ok) throw new Error(`Wrong response from the webhook: ${answer.status} ${answer.statusText}`);
      if (body.startsWith("{")) await this.reply(JSON.parse(body) as Record<string, unknown>);
      return true;
    } catch (error) {
      this.lastError = { last_error_date: this.nowSeconds(), last_error_message: String(error) };
      return false;
    }
  }

  private async reply({ method, ...args }: Record<string, unknown>): Promise<void> {
    if (typeof method === "string") await this.perform(method, args);
  }
}

function parsedUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
  }
}
