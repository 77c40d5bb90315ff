import type { Chance, Clock } from "../ports/clock.ts";

interface Entry<T> {
  readonly value: T;
  readonly expiresMs: number;
  /** The request that used it up. A repeat of that request may use it again. */
  usedBy: string | undefined;
}

export type Redeemed<T> = { readonly kind: "valid"; readonly value: T } | { readonly kind: "unknown" | "expired" | "used" };

/** Values behind unguessable tokens: in memory, bounded (the oldest goes first), each good for a while and for one use. */
export class TokenBook<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #limits: { readonly lifeMs: number; readonly entriesMax: number; readonly length: number };

  constructor(clock: Clock, chance: Chance, limits: { lifeMs: number; entriesMax: number; length: number }) {
    this.#clock = clock;
    this.#chance = chance;
    this.#limits = limits;
  }

  /** Keeps a value and returns its token. */
  issue(value: T): string {
    const token = this.#chance.token(this.#limits.length);
    this.#entries.set(token, { value, expiresMs: this.#clock.monotonicMs() + this.#limits.lifeMs, usedBy: undefined });
    if (this.#entries.size > this.#limits.entriesMax) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return token;
  }

  /** Looks at a value without using it up. */
  look(token: string, requestId: string): Redeemed<T> {
    const entry = this.#entries.get(token);
    if (!entry) return { kind: "unknown" };
    if (entry.usedBy !== undefined && entry.usedBy !== requestId) return { kind: "used" };
    if (this.#clock.monotonicMs() >= entry.expiresMs) return { kind: "expired" };
    return { kind: "valid", value: entry.value };
  }

  /** Uses a token up for one request. */
  use(token: string, requestId: string): void {
    const entry = this.#entries.get(token);
    if (entry) entry.usedBy = requestId;
  }

  /** Forgets every value that is so. */
  drop(isGone: (value: T) => boolean): void {
    for (const [token, { value }] of this.#entries) if (isGone(value)) this.#entries.delete(token);
  }

  /** Unused, unexpired values, newest first. */
  *open(): Generator<{ readonly token: string; readonly value: T }> {
    for (const [token, entry] of [...this.#entries].reverse()) {
      if (entry.usedBy === undefined && this.#clock.monotonicMs() < entry.expiresMs) yield { token, value: entry.value };
    }
  }

  /** The value that a request used up, if it did. */
  usedBy(requestId: string): T | undefined {
    for (const entry of this.#entries.values()) if (entry.usedBy === requestId) return entry.value;
    return undefined;
  }
}
