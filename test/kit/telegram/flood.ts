import type { Chat } from "@grammyjs/types";
import { tooManyRequests } from "./api-failure.ts";
import type { Clock } from "./world.ts";

export type FloodLimit = { count: number; windowMs: number };
export type FloodLimits = { perChat?: FloodLimit; perGroup?: FloodLimit; overall?: FloodLimit };

/** What the documentation names as guidance; the exact limits of the service are unknown. */
export const DOCUMENTED_FLOOD_LIMITS: FloodLimits = {
  perChat: { count: 1, windowMs: 1_000 },
  perGroup: { count: 20, windowMs: 60_000 },
  overall: { count: 30, windowMs: 1_000 },
};

const COUNTED = /^(send|edit|forward|copy)(?!ChatAction)/;

export class FloodControl {
  limits: FloodLimits = {};
  private readonly sentAtMs = new Map<string, number[]>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  check(method: string, chat: Chat): void {
    if (!COUNTED.test(method)) return;
    const group = chat.type !== "private";
    const buckets = [
      ["overall", this.limits.overall],
      [`chat ${chat.id}`, this.limits.perChat],
      [`group ${chat.id}`, group ? this.limits.perGroup : undefined],
    ] as const;
    const nowMs = this.clock.nowMs();
    const waitMs = Math.max(0, ...buckets.map(([key, limit]) => (limit ? this.waitMs(key, limit, nowMs) : 0)));
    if (waitMs > 0) throw tooManyRequests(Math.ceil(waitMs / 1000));
    for (const [key, limit] of buckets) {
      if (limit) this.sentAtMs.set(key, [...(this.sentAtMs.get(key) ?? []).slice(-limit.count), nowMs]);
    }
  }

  private waitMs(key: string, limit: FloodLimit, nowMs: number): number {
    const recent = (this.sentAtMs.get(key) ?? []).filter((atMs) => atMs > nowMs - limit.windowMs);
    if (recent.length < limit.count) return 0;
    return recent.at(-limit.count)! + limit.windowMs - nowMs;
  }
}
