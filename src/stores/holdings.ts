import { neverAcquired } from "./refusal.ts";

type State = "asked" | "held" | "refused" | "given back";

/** Which streams this process holds of a store, in the order of its calls: every store asks this, so that all of them refuse in the same words. */
export class Holdings {
  readonly #streams = new Map<string, State>();

  /** An acquisition is on its way: what is appended after it may follow. Its answer makes the stream held, unless it was given back meanwhile. */
  async acquire<T>(stream: string, taking: () => Promise<T>): Promise<T> {
    this.#streams.set(stream, "asked");
    try {
      const taken = await taking();
      if (this.#streams.get(stream) === "asked") this.#streams.set(stream, "held");
      return taken;
    } catch (thrown) {
      if (this.#streams.get(stream) === "asked") this.#streams.delete(stream);
      throw thrown;
    }
  }

  /** False when there was nothing to give. */
  give(stream: string): boolean {
    const isTaken = this.missing(stream) === undefined;
    if (isTaken) this.#streams.set(stream, "given back");
    return isTaken;
  }

  /** An append was refused: another process may have it. Only another acquisition tells. */
  refuse(stream: string): void {
    if (this.#streams.get(stream) === "held") this.#streams.set(stream, "refused");
  }

  /** Why an append of this process need not be tried. */
  missing(stream: string): string | undefined {
    const state = this.#streams.get(stream);
    if (state === undefined) return neverAcquired(stream);
    return state === "given back" ? `this process has given the stream "${stream}" back: acquire it before the next append` : undefined;
  }

  /** Why nothing may be sent for a stream. */
  unheld(stream: string): string | undefined {
    const state = this.#streams.get(stream);
    if (state === "held") return undefined;
    if (state === "refused") return `the stream "${stream}" refused an append of this process: another one may have it`;
    return this.missing(stream) ?? neverAcquired(stream);
  }

  held(): string[] {
    return [...this.#streams.keys()].filter((stream) => this.#streams.get(stream) === "held");
  }
}
