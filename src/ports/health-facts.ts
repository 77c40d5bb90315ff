import type { MarketMs } from "../domain/time.ts";

export interface MarketFacts {
  readonly key: string;
  readonly label: string;
  readonly pace: "stepped" | "live";
  /** As `60`, `max` or `script`. */
  readonly speed: string;
  readonly assumptions: readonly string[];
  readonly symbols: readonly string[];
  readonly atMs: MarketMs;
  readonly ended: boolean;
}

export interface HealthFacts {
  readonly beatAgeMs: number | undefined;
  readonly storeAgeMs: number | undefined;
  readonly watchAgeMs: number | undefined;
  readonly uptimeMs: number;
  readonly residentBytes: number;
  readonly bots: Readonly<Record<string, number>>;
  readonly unknownOrders: number;
  readonly problems: readonly string[];
}
