import type { Change } from "./copy.ts";

/** A fault put into a copy of the sources on purpose. The rig is worth something only if it catches each of them. */
export interface Mutant {
  readonly name: string;
  readonly changes: readonly Change[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "an order is sent before its intent is durable",
    changes: [
      {
        file: "src/engine/stream.ts",
        find: "    await this.#store.append({ stream: this.name, epoch: this.#epoch, expectedSequence: this.state.sequence, bodies });",
        put: "    const batch = { stream: this.name, epoch: this.#epoch, expectedSequence: this.state.sequence, bodies };\n    void this.#store.append(batch).catch(() => undefined);",
      },
    ],
  },
  {
    name: "a slot that was acted on is decided again",
    changes: [
      {
        file: "src/engine/decide.ts",
        find: "  return bot.actedSlotMs === undefined || slot.candle.openTimeMs > bot.actedSlotMs;",
        put: "  return true;",
      },
    ],
  },
  {
    name: "an entry on a candle that is not the newest",
    changes: [
      {
        file: "src/engine/decide.ts",
        find: "    late: slot.closedMs + Math.max(timeframeMs(slot.feed.timeframe), services.lagMs) <= services.now(),",
        put: "    late: slot.closedMs > services.now() + timeframeMs(slot.feed.timeframe),",
      },
    ],
  },
  {
    name: "a halt is written and not obeyed",
    changes: [
      {
        file: "src/engine/desk.ts",
        find: "    if (!halt || (halt.untilMs !== undefined && halt.untilMs <= this.clock.wall())) return undefined;",
        put: "    if (!halt?.panic || (halt.untilMs !== undefined && halt.untilMs <= this.clock.wall())) return undefined;",
      },
    ],
  },
  {
    name: "a candle is taken for closed before it is",
    changes: [
      {
        file: "src/feeds/exchange/closed-candles.ts",
        find: "  return minuteBound(wallMs - CLOSE_GRACE_MS);",
        put: "  return minuteBound(wallMs + 30_000);",
      },
    ],
  },
  {
    name: "an unanswered order is forgotten at start",
    changes: [
      {
        file: "src/engine/paper-executor.ts",
        find: '      if (order.status !== "in-flight" && order.status !== "unknown") continue;',
        put: '      if (order.status !== "unknown") continue;',
      },
    ],
  },
  {
    name: "what the store refuses is not written again",
    changes: [
      {
        file: "src/engine/account.ts",
        find: "        await this.services.clock.sleep(STORE_RETRY_MS);",
        put: "        return;",
      },
    ],
  },
  {
    name: "a stop is answered and not written",
    changes: [
      {
        file: "src/engine/bots.ts",
        find: "[...canceled, stopped, ...closing], caller.requestId);",
        put: "[...canceled, ...closing].filter(() => stopped === undefined), caller.requestId);",
      },
    ],
  },
];
