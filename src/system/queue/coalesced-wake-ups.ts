import type { Clock } from "../../ports/clock.ts";
import type { WakeUps } from "../../ports/queue.ts";
import type { Broker } from "./broker.ts";

/** Tells of one topic within this time are one. */
const TOGETHER_MS = 5;
/** Before a topic, to tell it from the queue's own words. */
const TOLD = "told ";

/** The first tell of a topic goes out at once, those that follow closely as one after it. */
export class CoalescedWakeUps implements WakeUps {
  readonly #broker: Broker;
  readonly #clock: Clock;
  /** Topics that were told a moment ago, and whether they were told again since. */
  readonly #recent = new Map<string, boolean>();
  readonly #end = new AbortController();

  constructor(broker: Broker, clock: Clock) {
    this.#broker = broker;
    this.#clock = clock;
  }

  tell(topic: string): void {
    if (this.#end.signal.aborted) return;
    if (this.#recent.has(topic)) this.#recent.set(topic, true);
    else this.#say(topic);
  }

  onTell(listener: (topic: string) => void): () => void {
    return this.#broker.onWord((word) => {
      if (word.startsWith(TOLD)) listener(word.slice(TOLD.length));
    });
  }

  close(): void {
    this.#end.abort();
  }

  #say(topic: string): void {
    this.#broker.say(`${TOLD}${topic}`);
    this.#recent.set(topic, false);
    void this.#clock.sleep(TOGETHER_MS, this.#end.signal).then(() => {
      const again = this.#recent.get(topic) ?? false;
      this.#recent.delete(topic);
      if (again && !this.#end.signal.aborted) this.#say(topic);
    });
  }
}
