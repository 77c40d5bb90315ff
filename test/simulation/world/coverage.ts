/** How often each fault, protocol edge and antecedent occurred. */
export class Coverage {
  readonly counts = new Map<string, number>();

  mark(id: string, times = 1): void {
    this.counts.set(id, (this.counts.get(id) ?? 0) + times);
  }

  add(counts: Iterable<readonly [string, number]>): void {
    for (const [id, times] of counts) this.mark(id, times);
  }

  of(id: string): number {
    return this.counts.get(id) ?? 0;
  }
}
