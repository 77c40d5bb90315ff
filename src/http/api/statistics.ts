import { z } from "zod";
import { visibleBots } from "../../chat/access.ts";
import type { InAll } from "../../domain/in-all.ts";
import { type Decimal, plain } from "../../domain/money.ts";
import type { Result } from "../../domain/result.ts";
import { inAll, type SumsOf } from "../../reports/in-all.ts";
import { type PerformanceGroup, performanceGroups, SLICES } from "../../reports/performance-groups.ts";
import { reachedBy } from "../../reports/statistics.ts";
import { conversionsText } from "../../risk/counter.ts";
import { sightOf } from "./bearer.ts";
import { accountsFor } from "./market.ts";
import type { Parts } from "./parts.ts";
import { errorBody, type Server } from "./server.ts";

const mode = z.enum(["paper", "demo", "live"]);
const result = { realized: z.string(), fees: z.string(), fills: z.number(), closes: z.number(), wins: z.number() };
const body = z.object({
  bots: z.record(z.string(), z.number()).meta({ description: "How many bots are in which state" }),
  accounts: z.array(
    z.object({
      name: z.string(),
      mode,
      exchange: z.string().nullable(),
      currency: z.string(),
      equity: z.string().nullable(),
      troubles: z.array(z.string()),
    }),
  ),
  in_all: z
    .array(
      z.object({
        mode,
        currency: z.string(),
        realized: z.string().nullable(),
        unrealized: z.string().nullable(),
        fees: z.string().nullable(),
        counted_by: z.string(),
        missing: z.string().nullable(),
      }),
    )
    .meta({ description: "Each mode over its currencies, in REPORT_CURRENCY at the prices named; empty where all money is in it" }),
  groups: z.array(
    z.object({
      mode,
      currency: z.string(),
      ...result,
      unrealized: z.string().nullable(),
      win_rate_pct: z.string().nullable(),
      expectancy: z.string().nullable(),
      max_drawdown: z.string(),
      days: z.number(),
      sharpe: z.number().nullable(),
      sortino: z.number().nullable(),
      calmar: z.number().nullable(),
      slippage: z.string().meta({ description: "How much worse fills were than the prices that strategies decided at, in quote" }),
      in_market: z.string().nullable().meta({ description: "Share of the time in which something was held, from 0 to 1" }),
      rows: z.array(z.object({ name: z.string(), ...result })),
    }),
  ),
});

/** How well bots did, as docs/statistics.md defines it: by mode and currency, for the bots that the bearer may see. */
export function statisticsRoute(app: Server, parts: Parts): void {
  const since = z.iso
    .date({ error: "expected a day such as 2026-05-19" })
    .optional()
    .meta({ description: "First day that counts; everything unless given" });
  const schema = {
    summary: "Equity, results and figures of the bots that you may see",
    tags: ["bots"],
    querystring: z.strictObject({ by: z.enum(SLICES).default("bot"), since }),
    response: { 200: body, default: errorBody },
  };
  app.get("/api/bots/statistics", { schema }, async (request) => {
    const { engine, clock, timeZone } = parts.door().options;
    const { people, asker } = await sightOf(request, parts.door(), "stats performance");
    const accounts = await accountsFor(request, parts, "stats performance");
    const visible = visibleBots(people, asker, engine.bots());
    const wish = {
      timeZone,
      now: reachedBy(clock, engine),
      since: request.query.since,
      by: request.query.by,
    };
    const counts: Record<string, number> = {};
    for (const { state } of visible) counts[state.status] = (counts[state.status] ?? 0) + 1;
    const shown = visible.map(({ state, unrealized }) => ({ state, unrealized }));
    const books = accounts.map(({ state }) => state);
    const groups = performanceGroups(shown, books, wish);
    return {
      bots: counts,
      accounts: accounts.map(({ state, equity, venue, troubles }) => {
        const { account: name, mode: kind, currency } = state;
        return { name, mode: kind, exchange: venue?.exchangeId ?? null, currency, equity: digits(equity), troubles: [...troubles] };
      }),
      in_all: inAll(groups.map(sumsOf), engine.rates).map(inAllOf),
      groups: groups.map(groupOf),
    };
  });
}

function groupOf({ mode: kind, currency, performance, unrealized, exposure, rows }: PerformanceGroup) {
  const { result: sum, winRatePct, expectancy, drawdown, ratios } = performance;
  return {
    ...{ mode: kind, currency, ...resultOf(sum), unrealized: digits(unrealized) },
    ...{ win_rate_pct: digits(winRatePct), expectancy: digits(expectancy), max_drawdown: plain(drawdown.amount) },
    ...{ days: ratios.days, sharpe: ratios.sharpe ?? null, sortino: ratios.sortino ?? null, calmar: ratios.calmar ?? null },
    ...{ slippage: plain(sum.slippage), in_market: digits(exposure?.share) },
    rows: rows.map(({ name, result: each }) => ({ name, ...resultOf(each) })),
  };
}

function sumsOf({ mode: kind, currency, performance: { result: sum }, unrealized }: PerformanceGroup): SumsOf {
  return { mode: kind, currency, realized: sum.realized, unrealized, fees: sum.fees };
}

function inAllOf({ mode: kind, currency, realized, unrealized, fees, conversions, missing }: InAll) {
  return {
    ...{ mode: kind, currency, realized: digits(realized), unrealized: digits(unrealized), fees: digits(fees) },
    ...{ counted_by: conversionsText(conversions), missing: missing ?? null },
  };
}

function resultOf({ realized, fees, fills, closes, wins }: Result) {
  return { realized: plain(realized), fees: plain(fees), fills, closes, wins };
}

function digits(value: Decimal | undefined): string | null {
  return value === undefined ? null : plain(value);
}
