import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BudgetWindow, SharedBudget } from "../../src/ports/shared-budget.ts";

const SPAN_MS = 60_000;

/** A place where budgets are counted, as several processes see it. */
export interface BudgetStage {
  process(): SharedBudget;
  flush(): Promise<void>;
  /** It hears questions and answers none. */
  deafen(): void;
  end(): Promise<void>;
  /** Resolves as the promise does, while time goes by. */
  settled<T>(promise: Promise<T>): Promise<T>;
}

/** The contract of src/ports/shared-budget.ts. */
export function sharedBudgetContract(name: string, open: () => Promise<BudgetStage>): void {
  describe(`${name} keeps the contract of shared budgets`, () => {
    let stage: BudgetStage;
    beforeEach(async () => {
      stage = await open();
    });
    afterEach(() => stage.end());

    const windowOf = (rest: Partial<BudgetWindow> = {}): BudgetWindow => ({ spanMs: SPAN_MS, bound: 100, own: 0, uncounted: 0, ...rest });
    const take = (process: SharedBudget, weight: number, ...windows: Partial<BudgetWindow>[]) =>
      stage.settled(process.take({ weight, windows: (windows.length > 0 ? windows : [{}]).map(windowOf) }));

    it("counts what all processes take, and lets nothing above the bound", async () => {
      const [a, b] = [stage.process(), stage.process()];
      expect(await take(a, 60)).toEqual({ kind: "taken", used: [60] });
      const full = await take(b, 41);
      expect(full.kind).toBe("full");
      expect(full.kind === "full" && full.retryAfterMs).toBeGreaterThan(55_000);
      expect(full.kind === "full" && full.retryAfterMs).toBeLessThanOrEqual(62_000);
      expect(await take(b, 40)).toEqual({ kind: "taken", used: [100] });
      expect(await take(a, 101)).toEqual({ kind: "full", retryAfterMs: undefined });
      // The reserve of exits: the same count under a higher bound.
      expect(await take(a, 20, { bound: 120 })).toEqual({ kind: "taken", used: [120] });
    });

    it("takes from every window or from none", async () => {
      const a = stage.process();
      const windows = [{ bound: 100 }, { spanMs: 1_000_000, bound: 30 }];
      expect(await take(a, 20, ...windows)).toEqual({ kind: "taken", used: [20, 20] });
      expect((await take(a, 20, ...windows)).kind).toBe("full");
      expect(await take(a, 10, ...windows)).toEqual({ kind: "taken", used: [30, 30] });
    });

    it("never lets takes at the same moment go above the bound together", async () => {
      const processes = Array.from({ length: 5 }, () => stage.process());
      const asked = Array.from({ length: 50 }, (_, n) => take(processes[n % 5] ?? stage.process(), 3));
      const answers = await Promise.all(asked);
      expect(answers.filter(({ kind }) => kind === "taken")).toHaveLength(33);
    });

    it("counts what was used while nothing answered, and everything of a process that it does not know", async () => {
      const [a, b] = [stage.process(), stage.process()];
      await take(a, 10);
      expect(await take(a, 10, { own: 30, uncounted: 20 })).toEqual({ kind: "taken", used: [40] });
      expect(await take(a, 10, { own: 40 })).toEqual({ kind: "taken", used: [50] });
      await stage.flush();
      expect(await take(b, 5, { own: 7 })).toEqual({ kind: "taken", used: [12] });
      expect(await take(a, 5, { own: 50 })).toEqual({ kind: "taken", used: [67] });
      expect(await take(a, 5, { own: 55 })).toEqual({ kind: "taken", used: [72] });
    });

    it("learns what the exchange counted and nobody here", async () => {
      const a = stage.process();
      await take(a, 10);
      a.correct(SPAN_MS, 90);
      a.correct(SPAN_MS, 50);
      expect((await take(a, 11)).kind).toBe("full");
      expect(await take(a, 10)).toEqual({ kind: "taken", used: [100] });
    });

    it("tells all of a silence, and never shortens it", async () => {
      const [a, b] = [stage.process(), stage.process()];
      await take(a, 1);
      a.silence(120_000);
      b.silence(1_000);
      const answer = await take(b, 1);
      expect(answer.kind).toBe("silent");
      expect(answer.kind === "silent" && answer.leftMs).toBeGreaterThan(110_000);
      await stage.flush();
      expect((await take(b, 1)).kind).toBe("taken");
    });

    it("keeps nobody waiting longer than a moment when nothing answers", async () => {
      const a = stage.process();
      await take(a, 1);
      stage.deafen();
      for (let time = 0; time < 5; time += 1) expect(await take(a, 1)).toEqual({ kind: "unanswered" });
    });
  });
}
