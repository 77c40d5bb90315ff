import type { Anomaly, AnomalySeries, AnomalySubject, SeenAnomaly } from "../domain/anomaly.ts";
import { HOUR_MS } from "../domain/time.ts";
import { ALIKE_MS, EPISODE_MS, HOURLY_MAX, SUBJECTS_MAX } from "./defaults.ts";

/** What is made of an anomaly: written down, told, or only counted. */
export type Verdict = { readonly kind: "same" } | { readonly kind: "too-many" } | { readonly kind: "seen"; readonly seen: SeenAnomaly };

/** Keeps one episode from being told again and again, symbols that fall together from being told one by one, and a flood from being written down. In market time. */
export class Episodes {
  readonly #until = new Map<string, number>();
  readonly #toldMs = new Map<AnomalySeries, number>();
  #recentMs: number[] = [];
  #heldBack = 0;

  /** Goes on with what an earlier process has seen. */
  constructor(seen: readonly SeenAnomaly[]) {
    for (const each of seen) this.#keep(each);
  }

  judge(anomaly: Anomaly, marketMs: number): Verdict {
    if (marketMs < (this.#until.get(keyOf(anomaly)) ?? 0)) return { kind: "same" };
    if (this.#recentMs.filter((atMs) => marketMs - atMs < HOUR_MS).length >= HOURLY_MAX) {
      this.#heldBack += 1;
      this.#until.set(keyOf(anomaly), marketMs + EPISODE_MS);
      this.#trim();
      return { kind: "too-many" };
    }
    const isTold = marketMs >= (this.#toldMs.get(anomaly.series) ?? Number.NEGATIVE_INFINITY) + ALIKE_MS;
    const seen: SeenAnomaly = { ...anomaly, marketMs, isTold, heldBack: this.#heldBack };
    this.#heldBack = 0;
    this.#keep(seen);
    return { kind: "seen", seen };
  }

  #keep(seen: SeenAnomaly): void {
    const { marketMs } = seen;
    this.#until.set(keyOf(seen), marketMs + EPISODE_MS);
    if (seen.isTold) this.#toldMs.set(seen.series, marketMs);
    this.#recentMs = [...this.#recentMs.filter((atMs) => marketMs - atMs < HOUR_MS), marketMs];
    this.#trim();
  }

  #trim(): void {
    for (const oldest of this.#until.keys()) {
      if (this.#until.size <= SUBJECTS_MAX) return;
      this.#until.delete(oldest);
    }
  }
}

function keyOf({ series, subject }: { readonly series: AnomalySeries; readonly subject: AnomalySubject }): string {
  switch (subject.kind) {
    case "symbol":
      return `${series} ${subject.market} ${subject.symbol}`;
    case "bot":
      return `${series} ${subject.botId}`;
    case "account":
      return `${series} ${subject.account}`;
  }
}
