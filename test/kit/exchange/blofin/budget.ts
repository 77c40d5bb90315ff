const WINDOWS: readonly { readonly spanMs: number; readonly most: number; readonly closedMs: number }[] = [
  { spanMs: 60_000, most: 500, closedMs: 300_000 },
  { spanMs: 300_000, most: 1_500, closedMs: 3_600_000 },
];
const ORDERS_SPAN_MS = 10_000;
const ORDERS_MOST = 30;

/** The venue's limits: requests by address, and requests about orders by account. Whoever breaks the first is shut out for a while. */
export class Budget {
  #requests: number[] = [];
  #closedUntilMs = 0;
  readonly #orders = new Map<string, number[]>();

  /** How long the address is shut out from now; 0 when this request may pass. */
  takeRequest(nowMs: number): number {
    if (nowMs < this.#closedUntilMs) return this.#closedUntilMs - nowMs;
    this.#requests.push(nowMs);
    const keptFrom = nowMs - 300_000;
    if (this.#requests[0]! <= keptFrom) this.#requests = this.#requests.filter((atMs) => atMs > keptFrom);
    for (const { spanMs, most, closedMs } of WINDOWS) {
      const first = this.#requests.length - 1 - most;
      if (first >= 0 && this.#requests[first]! > nowMs - spanMs) this.#closedUntilMs = nowMs + closedMs;
    }
    return Math.max(0, this.#closedUntilMs - nowMs);
  }

  takeOrder(account: string, nowMs: number): boolean {
    const kept = (this.#orders.get(account) ?? []).filter((atMs) => atMs > nowMs - ORDERS_SPAN_MS);
    const passes = kept.length < ORDERS_MOST;
    this.#orders.set(account, passes ? [...kept, nowMs] : kept);
    return passes;
  }
}
