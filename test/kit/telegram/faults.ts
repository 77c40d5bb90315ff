import type { ResponseParameters } from "@grammyjs/types";

/**
 * Weather. `before` strikes a request that was never carried out, `after` one whose answer is lost: the
 * message stands in the chat and the sender does not know it.
 */
export type Fault = { method: string; times?: number; when?: (args: Record<string, unknown>) => boolean } & (
  | { status: number; description: string; parameters?: ResponseParameters }
  | { hang: "before" | "after" }
  | { destroy: "before" | "after" }
  | { html: number }
);

/** Faults wait in the order in which they were announced; `*` meets every method. */
export class Faults {
  private waiting: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.waiting = [];
  }

  take(method: string, args: Record<string, unknown>): Fault | undefined {
    const met = this.waiting.find(({ fault }) => ["*", method].includes(fault.method) && (fault.when?.(args) ?? true));
    if (!met) return undefined;
    met.left -= 1;
    if (met.left <= 0) this.waiting = this.waiting.filter((other) => other !== met);
    return met.fault;
  }
}
