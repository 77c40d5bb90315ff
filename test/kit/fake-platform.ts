import { TransientError, UserError } from "../../src/domain/errors.ts";
import { NotSent, type Platform, type SendOptions } from "../../src/ports/platform.ts";
import type { View } from "../../src/ports/view.ts";

/** What a platform did with one call: took it; took it and lost the answer; refused it for now; never answered; or has no such place. */
export type Weather = "good" | "answer-lost" | "busy" | "hangs" | "gone";

export interface Message {
  readonly id: string;
  readonly place: string;
  readonly nonce: string;
  readonly repeatOf: string | undefined;
  /** The view as it was sent and after each edit. */
  readonly views: View[];
}

/** A chat platform whose people see exactly what arrived. */
export class FakePlatform implements Platform {
  readonly name: string;
  reachable = true;
  edits = true;
  readonly messages: Message[] = [];
  /** How often something was asked of it. */
  calls = 0;
  /** Decides about each call; good weather by default. */
  weather: (view: View, call: number) => Weather = () => "good";

  constructor(name: string) {
    this.name = name;
  }

  /** The titles at a place as people read them now, repeats marked. */
  read(place: string): string[] {
    return this.messages
      .filter((message) => message.place === place)
      .map(({ views, repeatOf }) => `${repeatOf === undefined ? "" : "(repeat) "}${views.at(-1)?.title}`);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async settleInterrupted(): Promise<void> {}

  async send(place: string, view: View, { nonce, repeatOf }: SendOptions): Promise<string> {
    return this.#under(view, () => {
      const id = `m${this.messages.length + 1}`;
      this.messages.push({ id, place, nonce, repeatOf, views: [view] });
      return id;
    });
  }

  async edit(_place: string, messageId: string, view: View): Promise<void> {
    await this.#under(view, () => {
      const message = this.messages.find(({ id }) => id === messageId);
      if (!message) throw new UserError("that message is gone");
      message.views.push(view);
      return messageId;
    });
  }

  async #under(view: View, take: () => string): Promise<string> {
    this.calls += 1;
    const weather = this.weather(view, this.calls);
    if (weather === "busy" || !this.reachable) throw new NotSent("too many requests");
    if (weather === "gone") throw new UserError("that channel is gone");
    if (weather === "hangs") return new Promise(() => undefined);
    const id = take();
    if (weather === "answer-lost") throw new TransientError("the connection broke");
    return id;
  }
}
