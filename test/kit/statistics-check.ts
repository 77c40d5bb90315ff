import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, type TestContext } from "vitest";
import { feeDigits, resultDigits } from "../../src/chat/amounts.ts";
import { figureTexts } from "../../src/chat/figures-text.ts";
import { ZERO } from "../../src/domain/money.ts";
import { type FeeRow, feeGroups } from "../../src/reports/fee-groups.ts";
import { performanceGroups } from "../../src/reports/performance-groups.ts";
import { type RandomLedger, randomLedger } from "./random-ledger.ts";

const SCRIPT = join(import.meta.dirname, "statistics-check.py");
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const AT_ONCE_MAX = 1_000;

/** Compares the figures of so many random ledgers with those of the script. Without python3 the test skips, saying so; under `CI=true` it fails. */
export function expectAgreement(context: TestContext, ledgers: number): void {
  if (spawnSync("python3", ["-c", "import zoneinfo; zoneinfo.ZoneInfo('Asia/Kathmandu')"]).status !== 0) {
    const reason =
      "python3 with time zones (3.9 or newer, and the tzdata of the system) was expected and is not there: statistics are not checked";
    if (process.env.CI === "true") throw new Error(reason);
    return context.skip(reason);
  }
  for (let from = 0; from < ledgers; from += AT_ONCE_MAX) {
    const made = Array.from({ length: Math.min(AT_ONCE_MAX, ledgers - from) }, (_, index) => randomLedger(from + index + 1));
    const input = JSON.stringify(made.map(({ raw }) => raw));
    const { status, stdout, stderr } = spawnSync("python3", [SCRIPT], { input, encoding: "utf8", maxBuffer: ANSWER_BYTES_MAX });
    expect(status, stderr).toBe(0);
    const answers = JSON.parse(stdout) as readonly unknown[];
    expect(answers).toHaveLength(made.length);
    // Ten thousand deep comparisons take longer than all figures: equal texts are equal, and only one that is not is looked into.
    made.forEach((ledger, index) => {
      const shown = shownOf(ledger);
      if (textOf(shown) !== textOf(answers[index]))
        expect({ ledger: from + index + 1, shown }).toEqual({ ledger: from + index + 1, shown: answers[index] });
    });
  }
}

/** Canonical: the other language names the parts in an order of its own. */
function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  return Object.entries(value)
    .map(([name, each]) => `${name}=${textOf(each)}`)
    .sort()
    .join("\n");
}

function shownOf({ state, raw }: RandomLedger) {
  const now = { live: raw.nowMs, demo: raw.nowMs, paper: raw.nowMs };
  const bots = [...state.bots.values()].map((bot) => ({ state: bot, unrealized: undefined }));
  const wish = { timeZone: raw.timeZone, now, since: raw.since ?? undefined, by: "week" } as const;
  const [group] = performanceGroups(bots, [state], wish);
  const [paid] = feeGroups([...state.bots.values()], [state], wish);
  const weeks = group!.rows.map(({ name, result }) => [name, resultDigits(result.realized)]);
  return { ...figureTexts(group!.performance, "USDT", group!.exposure), weeks: Object.fromEntries(weeks), paid: paid!.rows.map(paidText) };
}

function paidText({ month, symbol, fees, makerFees, funding, fills, otherFees }: FeeRow): string {
  const paid = [makerFees, fees.minus(makerFees), fees].map(feeDigits).join(" ");
  return `${month} ${symbol} ${paid} ${resultDigits(funding)} ${fills} BNB ${feeDigits(otherFees.get("BNB") ?? ZERO)}`;
}
