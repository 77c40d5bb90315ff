import type { Call, Judge } from "./http.ts";
import { isHabit } from "./library-habits.ts";

interface Schema {
  safeParse(value: unknown): { success: boolean; data?: unknown; error?: { issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code?: string;
  readonly [detail: string]: unknown;
}

type Schemas = Readonly<Record<string, Schema>>;

const CALLBACKS: Readonly<Record<number, string>> = {
  4: "CreateMessageInteractionCallbackRequest",
  5: "CreateMessageInteractionCallbackRequest",
  7: "UpdateMessageInteractionCallbackRequest",
  6: "UpdateMessageInteractionCallbackRequest",
  8: "ApplicationCommandAutocompleteCallbackRequest",
  9: "ModalInteractionCallbackRequest",
};

const BODIES: Readonly<Record<string, string>> = {
  "POST /channels/{channel_id}/messages": "MessageCreateRequest",
  "PATCH /channels/{channel_id}/messages/{message_id}": "MessageEditRequestPartial",
  "POST /webhooks/{webhook_id}/{webhook_token}": "IncomingWebhookRequestPartial",
  "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original": "IncomingWebhookUpdateRequestPartial",
  "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": "IncomingWebhookUpdateRequestPartial",
  "POST /users/@me/channels": "CreatePrivateChannelRequest",
  "POST /channels/{channel_id}/threads": "CreateTextThreadWithoutMessageRequest",
  "POST /channels/{channel_id}/messages/{message_id}/threads": "CreateTextThreadWithMessageRequest",
};

/** Judges request bodies by the published schemas, and reports keys that those schemas would drop in silence. */
export class ZodJudge implements Judge {
  #loading: Promise<Schemas> | undefined;

  async request(template: string, call: Call): Promise<string[]> {
    if (call.body === undefined) return [];
    if (template.startsWith("PUT /applications/")) {
      const commands = Array.isArray(call.body) ? call.body : [call.body];
      return (
        await Promise.all(commands.map((command) => this.#judge("ApplicationCommandUpdateRequest", numericPermissions(command))))
      ).flat();
    }
    const isCallback = template.startsWith("POST /interactions/");
    const name = isCallback ? CALLBACKS[(call.body as { type: number }).type] : BODIES[template];
    return name ? this.#judge(name, call.body) : [];
  }

  async #judge(name: string, value: unknown): Promise<string[]> {
    // The package declares no types for its zod entry; the name is widened so that nothing is looked up at compile time.
    const source: string = "discord-api-spec/zod";
    this.#loading ??= import(source) as Promise<Schemas>;
    const schema = (await this.#loading)[`${name}Schema`];
    if (!schema) return [`${name}: no such schema`];
    const parsed = schema.safeParse(value);
    if (!parsed.success) return (parsed.error?.issues ?? []).map((issue) => `${name} ${issue.path.join(".")}: ${explain(issue)}`);
    return lostKeys(name, value, parsed.data).map((path) => `${name} ${path}: unknown key`);
  }
}

function explain({ path: _, message, ...detail }: Issue): string {
  return `${message} ${JSON.stringify(detail)}`.slice(0, 300);
}

function lostKeys(schema: string, given: unknown, kept: unknown, path = ""): string[] {
  if (typeof given !== "object" || given === null || typeof kept !== "object" || kept === null) return [];
  return Object.entries(given).flatMap(([key, value]) => {
    const here = path ? `${path}.${key}` : key;
    if (!(key in kept)) return isHabit(schema, key) ? [] : [here];
    return lostKeys(schema, value, (kept as Record<string, unknown>)[key], here);
  });
}

/** The wire has permission bits as text, the schema wants a number. */
function numericPermissions(command: unknown): unknown {
  const bits = (command as { default_member_permissions?: unknown }).default_member_permissions;
  return typeof bits === "string" ? { ...(command as object), default_member_permissions: Number(bits) } : command;
}
