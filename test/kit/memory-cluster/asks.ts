import type { Ask } from "../../../src/ports/asks.ts";
import { OPEN_ASKS_MAX } from "../../../src/stores/mongodb/limits.ts";

interface Entry {
  readonly ask: Ask;
  state: "open" | "begun" | "answered" | "withdrawn";
  by?: string;
  answer?: string;
}

/** The asks of processes that share a store in memory. Nothing here waits. `by` is the name of the process that calls. */
export class MemoryAsks {
  readonly #entries = new Map<string, Entry>();

  ask(ask: Ask): void {
    if (!this.#entries.has(ask.id)) this.#entries.set(ask.id, { ask: { ...ask }, state: "open" });
  }

  open(by: string, streams: readonly string[]): Ask[] {
    const asked = [...this.#entries.values()].filter(({ ask }) => streams.includes(ask.stream));
    const open = asked.filter((entry) => entry.state === "open" || (entry.state === "begun" && entry.by !== by));
    const oldest = open.map(({ ask }) => ({ ...ask })).sort((a, b) => a.wallMs - b.wallMs);
    return oldest.slice(0, OPEN_ASKS_MAX);
  }

  begin(by: string, id: string, isHeld: (stream: string) => boolean): boolean {
    const entry = this.#entries.get(id);
    if (!entry || entry.state === "answered" || entry.state === "withdrawn" || !isHeld(entry.ask.stream)) return false;
    entry.state = "begun";
    entry.by = by;
    return true;
  }

  answer(by: string, id: string, body: string): boolean {
    const entry = this.#entries.get(id);
    if (entry?.by !== by) return false;
    if (entry.state === "begun") entry.answer = body;
    entry.state = "answered";
    return true;
  }

  answers(ids: readonly string[]): Map<string, string> {
    const answered = new Map<string, string>();
    for (const id of ids) {
      const answer = this.#entries.get(id)?.answer;
      if (answer !== undefined) answered.set(id, answer);
    }
    return answered;
  }

  /** What is not here may still be on its way, and finds its place taken. */
  withdraw(id: string, wallMs: number): boolean {
    const entry = this.#entries.get(id) ?? { ask: { id, stream: "", body: "", wallMs }, state: "open" };
    this.#entries.set(id, entry);
    if (entry.state === "open") entry.state = "withdrawn";
    return entry.state === "withdrawn";
  }

  prune(beforeWallMs: number): void {
    for (const [id, { ask, state }] of this.#entries) if (state !== "begun" && ask.wallMs < beforeWallMs) this.#entries.delete(id);
  }
}
