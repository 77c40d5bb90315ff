import type { APIMessage, APIUser } from "discord-api-types/v10";
import type { RequestRecord } from "./http.ts";
import { fits } from "./limits.ts";
import { LOADING } from "./message-rules.ts";
import { Signals } from "./signals.ts";
import { matches, type TextMatch, textOf } from "./text.ts";
import type { Channel, StoredMessage } from "./world.ts";

const MAX_RECORDS = 5_000;

/** What can be seen from outside: messages in channels and requests on the wire, past and to come. */
export class Lookout {
  readonly requests: RequestRecord[] = [];
  // Without a memory: what is past lies in the channels and in `requests`, in its present state.
  readonly #news = new Signals<{ request: RequestRecord; message: StoredMessage }>(false);

  noteRequest(record: RequestRecord): void {
    this.requests.push(record);
    if (this.requests.length > MAX_RECORDS) this.requests.shift();
    this.#news.emit("request", record);
  }

  noteMessage(message: StoredMessage): void {
    this.#news.emit("message", message);
  }

  messages(channel: Channel, viewer?: APIUser): APIMessage[] {
    const visible = [...channel.messages.values()].filter(({ onlyFor }) => !onlyFor || onlyFor === viewer?.id);
    return visible.map((message) => structuredClone(message.wire));
  }

  async message(channel: Channel, match: TextMatch, timeoutMs: number): Promise<APIMessage> {
    const isIt = ({ channel: place, onlyFor, wire }: StoredMessage) =>
      place === channel && !onlyFor && ((wire.flags ?? 0) & LOADING) === 0 && matches(wire, match);
    const known = [...channel.messages.values()].find(isIt);
    const seen = () => this.messages(channel).map(textOf).join(" | ") || "none";
    const missing = () => `#${channel.name}: no message that fits ${match}; there are: ${seen()}`;
    return structuredClone((known ?? (await this.#news.find("message", isIt, timeoutMs, missing))).wire);
  }

  async request(method: string, pathPattern: string | RegExp, timeoutMs: number): Promise<RequestRecord> {
    const isIt = (request: RequestRecord) =>
      request.method === method && fits(request.path, pathPattern) && [200, 201, 204].includes(Number(request.status));
    const missing = () => `no ${method} ${pathPattern} was answered`;
    return this.requests.find(isIt) ?? this.#news.find("request", isIt, timeoutMs, missing);
  }
}
