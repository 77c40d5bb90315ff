/**
 * Facts that cost requests and that other processes may use, too. All of it may vanish at any moment, and a question may stay without an answer: nothing
 * but speed may depend on it. Neither method ever throws or waits long.
 */
export interface SharedCache {
  /** The value of each key, undefined where there is none or no answer in time. */
  get(keys: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** Keeps values for so long, if it can; nobody waits for it. */
  put(values: ReadonlyMap<string, string>, keepMs: number): void;
  /** Why it gives nothing now, what that means and since when; undefined while it answers. */
  trouble(): string | undefined;
  close(): Promise<void>;
}
