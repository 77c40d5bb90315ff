import { describe, expect, it } from "vitest";
import { ENTERED_AFTER, TAKEN_AFTER, UNTIL_DIGEST_MINUTES } from "../kit/desk-market.ts";
import type { Person } from "../kit/desk-person.ts";
import { claim, cleanUpAfterEach, PLATFORMS, setStage } from "../kit/desk-stage.ts";

cleanUpAfterEach();

/** Bought: 10% of 10,000 at 100.35 are 9.965 BTC (in lots of 0.001) for 999.98775, and 10 bps of it are the fee. */
const BOUGHT = "ema-btc bought 9.965 BTC at 100.35 USDT";
const HELD = "cash 8999.01226225 = start 10000 + entries -1000.98773775 USDT BTC position 9.965 = entries 9.965 The books add up.";
/** Sold at 104.37, which is 4% above: 1,040.04705 less 1.04004705. */
const SOLD = "Take profit ema-btc sold 9.965 BTC at 104.37 USDT";
const FLAT = "cash 10038.0192652 = start 10000 + entries 38.0192652 USDT The books add up.";

const MORNING_MINUTES = 180;

describe("a trader's first day", () => {
  it.each(PLATFORMS)("goes from the claim to the daily digest in %s", async (platform) => {
    const stage = await setStage(platform);
    const { person, rig } = stage;
    expect(await claim(stage)).toContain("The desk is yours");

    await createWithButtonsOnly(person);
    expect(await person.press("Start")).toContain("ema-btc is running");
    await rig.move(ENTERED_AFTER);
    expect(await person.nextAlert(/ema-btc bought/)).toMatch(RegExp(`^${BOUGHT} ema\\(12\\) .* crossed above ema\\(26\\)`));
    await seesThePosition(person);

    await rig.move(TAKEN_AFTER - ENTERED_AFTER);
    expect(await person.nextAlert(/^Take profit/)).toMatch(RegExp(`^${SOLD} .*Result \\+38.02 USDT`));
    expect(await person.run("position list")).toContain("No open positions");
    const afterwards = await person.run("stats today");
    expect(afterwards).toContain("2026-01-05 +38.02 USDT realized, 0.00 USDT unrealized");
    expect(afterwards).toContain(`Books of your paper account ${FLAT}`);

    expect(await person.run("bot stop bot:ema-btc")).toContain("ema-btc is stopped It holds nothing.");
    await rig.move(UNTIL_DIGEST_MINUTES - TAKEN_AFTER - 1);
    expect(person.alerts(/digest/)).toEqual([]);
    await rig.move(1);
    await seesTheDigest(person);
    await rig.move(MORNING_MINUTES);
    expect(person.alerts(/digest/)).toHaveLength(1);
  });
});

async function createWithButtonsOnly(person: Person): Promise<void> {
  expect(await person.run("bot create")).toContain("Which symbol?");
  expect(await person.press("BTC/USDT")).toContain("Which strategy?");
  expect(await person.press("ema-cross")).toContain("Which timeframe?");
  const made = await person.press("1m");
  expect(made).toContain("ema-btc is created");
  expect(made).toMatch(
    /Strategy ema-cross \(fast=12 slow=26\) Size 10% of equity An entry now .+ Protection stop 2%, take 4% Position flat/,
  );
}

async function seesThePosition(person: Person): Promise<void> {
  const card = await person.run("bot show bot:ema-btc");
  expect(card).toContain("Status running Mode paper Symbol BTC/USDT Timeframe 1m");
  expect(card).toContain("Position 9.965 BTC bought at 100.35 USDT");
  expect(card).toContain("Protected stop at 98.34 USDT, take at 104.37 USDT, resting at the paper venue");
  expect(card).toContain("Price 101.50 USDT Unrealized +11.46 USDT Realized -1.00 USDT after 1.00 USDT fees, 1 fill");
  const positions = await person.run("position list");
  expect(positions).toContain("1 open position ema-btc stop at 98.34 USDT, take at 104.37 USDT, resting at the paper venue.");
  expect(cellsOf(positions, ["Quantity", "Bought at", "Price", "Unrealized"])).toContain("ema-btc 9.965 BTC 100.35 101.50 +11.46 USDT");
  const today = await person.run("stats today");
  expect(today).toContain("2026-01-05 -1.00 USDT realized, +11.46 USDT unrealized");
  expect(today).toContain(`Books of your paper account ${HELD}`);
}

async function seesTheDigest(person: Person): Promise<void> {
  const digest = await person.nextAlert(/^Daily digest/);
  expect(digest).toContain("Daily digest 2026-01-05 Market test market. No open positions now.");
  expect(digest).toContain("Realized +38.02 USDT Unrealized now 0.00 USDT Fees 2.04 USDT Fills 2 Equity now 10,038.02 USDT");
  expect(cellsOf(digest, ["Status", "Realized", "Unrealized now", "Fees", "Fills"])).toContain("ema-btc stopped +38.02 0.00 2.04 2");
}

/** The text without the names of a table's columns, which a narrow place repeats in each row. */
function cellsOf(text: string, columns: readonly string[]): string {
  return columns.reduce((left, column) => left.replaceAll(`${column} `, ""), text).replaceAll("· ", "");
}
