import { exchangeName } from "../../domain/exchange-names.ts";

/**
 * Blofin's USDT perpetuals. Codes, paths and limits: its pages "API docs" and "Errors", 2026; fees: its public schedule, as ccxt carries it.
 * None of it was tried at the live venue.
 */
export const BLOFIN = {
  exchangeId: "blofin",
  name: exchangeName("blofin"),
  settle: "USDT",
  makerFeeBps: 2,
  takerFeeBps: 6,
  /** Requests of one address, whatever they ask for. */
  weightLimits: [
    { limit: 500, spanMs: 60_000 },
    { limit: 1_500, spanMs: 300_000 },
  ],
  /** Requests of one account under `/trade/` and its settings, reads included. */
  orderLimits: [{ limit: 30, spanMs: 10_000 }],
  /**
   * Its answers do not say what was used. With so much of the account's limit counted as used when a process begins, its readings fit beside those of an
   * earlier one that read as much as it may: 0.64 of the limit, and 0.64 less this. Exits go before them in what is left.
   */
  usedShareAtStart: 0.3,
  /**
   * For so long it sends an address away: its firewall, and after more than 500 requests in a minute; after 1,500 in five minutes it is an hour, in which it is
   * asked again every five minutes. Code 429 is also its word for more than 30 requests of one account under `/trade/`.
   */
  silences: new Map([
    [403, 300_000],
    [429, 300_000],
  ]),
  oneRefusalForBoth: true,
  weights: {},
} as const;
