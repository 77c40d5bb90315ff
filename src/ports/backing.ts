/** What a process leans on beside its store: without it nothing is lost, and something is slower or does not happen. */
export interface Backing {
  /** As a label: `redis`. */
  readonly name: string;
  /** What is wrong with it, what that means and since when, without a full stop; undefined while it is at hand. */
  trouble(): string | undefined;
}
