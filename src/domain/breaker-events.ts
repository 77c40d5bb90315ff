import type { BreakerName, BreakerSetting, Reaction, Span } from "./breaker.ts";
import type { Conversion } from "./conversion.ts";
import type { RiskScope } from "./limits.ts";
import type { Decimal } from "./money.ts";
import type { MarketMs, WallMs } from "./time.ts";

/** What breakers of an account do. */
export type BreakerEvent =
  /** Of its account for the rest of the day where no more is said. `again`: it was half-open. */
  | {
      type: "breaker-tripped";
      breaker: BreakerName;
      day: string;
      reason: string;
      scope?: RiskScope;
      reaction?: Reaction;
      span?: Span;
      untilMs?: MarketMs;
      at?: number;
      reading?: number;
      trips?: number;
      again?: true;
      /** By which prices money of several currencies was counted, where it was. */
      conversions?: readonly Conversion[];
    }
  /** Its time is over: what it is tried with decides whether it closes or opens again. */
  | { type: "breaker-probing"; breaker: BreakerName; scope: RiskScope }
  /** `lost`: what the day has cost so far, from where its rest counts. `peak`: from where a drawdown counts. */
  | { type: "breaker-reset"; breaker: BreakerName; scope: RiskScope; by: string; reason: string; lost?: Decimal; peak?: Decimal }
  /** An open breaker moved a stop nearer to the price. */
  | { type: "stop-tightened"; botId: string; price: Decimal; reason: string };

/** What people decide about them. */
export type DeskBreakerEvent =
  /** A breaker of one level from now on; nothing takes back what was set there. */
  | { type: "breaker-set"; scope: RiskScope; breaker: BreakerName; setting: BreakerSetting | "off" | undefined; by: string }
  /** Somebody wants a breaker reset that takes a second person, or a wait. */
  | { type: "reset-asked"; account: string; breaker: BreakerName; scope: RiskScope; sinceMs: MarketMs; atMs: WallMs; by: string };
