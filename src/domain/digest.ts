import type { Mode } from "./bot.ts";
import type { InAll } from "./in-all.ts";
import type { Decimal } from "./money.ts";

/** Digests beside the daily one: of ISO weeks and of calendar months. */
export const DIGEST_PERIODS = ["weekly", "monthly"] as const;
export type DigestPeriod = (typeof DIGEST_PERIODS)[number];

/** The statistics of a channel as facts, frozen when they fell due: of a day, or of a longer period. */
export interface Digest {
  readonly day: string;
  readonly currency: string;
  readonly market: string;
  readonly equity: Decimal;
  readonly realized: Decimal;
  readonly unrealized: Decimal;
  readonly fees: Decimal;
  readonly fills: number;
  readonly bots: readonly DigestBot[];
  /** What may be added up, LIVE first; the sums above are those of the first. Where it is left out, everything is on paper. */
  readonly totals?: readonly DigestTotal[];
  /** What each mode has in several currencies, counted in one at the prices of then. */
  readonly inAll?: readonly InAll[];
  /** Set where it is of more than a day: which, what it is called, as `2021-W20`, what is worth knowing of it, and its curve. */
  readonly period?: DigestPeriod;
  readonly name?: string;
  readonly notes?: readonly string[];
  readonly picture?: DigestPicture;
}

/** A picture as it was drawn when the digest fell due: SVG, the same in words, and its main line. */
export interface DigestPicture {
  readonly name: string;
  readonly svg: string;
  readonly alt: string;
  readonly course: readonly number[];
}

/** The results of one mode in one currency. */
export interface DigestTotal {
  readonly mode: Mode;
  readonly currency: string;
  /** The day that it is of: another one than that of paper where the market is not in real time. */
  readonly day: string;
  /** Undefined where no account is valued in this currency. */
  readonly equity?: Decimal;
  readonly realized: Decimal;
  readonly unrealized: Decimal;
  readonly fees: Decimal;
  readonly fills: number;
}

export interface DigestBot {
  readonly name: string;
  /** Paper where it is left out. */
  readonly mode?: Mode;
  readonly symbol: string;
  readonly status: string;
  readonly realized: Decimal;
  readonly unrealized: Decimal;
  readonly fees: Decimal;
  readonly fills: number;
  readonly positionQuantity: Decimal;
}
