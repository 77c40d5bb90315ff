/** Wrong tries of people, counted for all processes of a desk. Nothing waits for it longer than a moment, and nothing rejects: who gets no answer goes by its own count. */
export interface SharedTries {
  /** Wrong tries under a name, and after how long they are forgotten; undefined when there is no answer in time. */
  count(name: string): Promise<TriesCounted | undefined>;
  /** Counts one more. The first one begins the time after which all are forgotten. Nobody waits for it. */
  miss(name: string, perMs: number): void;
  forget(name: string): void;
}

export interface TriesCounted {
  readonly count: number;
  readonly leftMs: number;
}
