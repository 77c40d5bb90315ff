import { describe, expect, it } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import type { Contract } from "../../src/venues/perpetual/contracts.ts";
import { fillsAfter } from "../../src/venues/perpetual/fills.ts";
import { Reader } from "../../src/venues/perpetual/reader.ts";
import { VenueClock } from "../../src/venues/perpetual/venue-clock.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { instrumentOf } from "../kit/fake-instrument.ts";
import { answered, ScriptedWire } from "./spot/scripted-wire.ts";

const CURSOR_MS = 1_700_000_000_000;
const NOW_MS = CURSOR_MS + 120_000;
const CONTRACT: Contract = {
  ...{ instId: "BTC-USDT", symbol: "BTC/USDT:USDT", settle: "USDT", value: decimal("0.001"), lotSize: decimal("0.1"), trades: true },
  instrument: instrumentOf("BTC/USDT:USDT"),
};

/** A venue with a fill at each of these instants, a hundred a page from the newest back. */
function venueOf(times: readonly number[]): Reader {
  const all = times.map((ts, index) => ({
    ...{ instId: "BTC-USDT", tradeId: String(10_000 + index), orderId: "7", side: "buy", ts: String(ts) },
    ...{ fillPrice: "60000", fillSize: "1", fee: "0.01" },
  }));
  const wire = new ScriptedWire();
  wire.tell("GET /api/v1/trade/fills-history", ({ begin, end, after }) => {
    const rows = all.filter(({ ts }) => Number(ts) >= Number(begin) && Number(ts) <= Number(end ?? NOW_MS)).reverse();
    const page = rows.slice(after === undefined ? 0 : rows.findIndex(({ tradeId }) => tradeId === after) + 1).slice(0, 100);
    return answered(200, { code: "0", msg: "success", data: page });
  });
  return new Reader("Blofin", wire, new VenueClock(wire, new FakeClock(NOW_MS)));
}

/** Every fill that is shown until the cursor stays where it is. */
async function shown(times: readonly number[]): Promise<Set<string>> {
  const found = new Set<string>();
  let cursor: string | undefined = String(CURSOR_MS);
  for (let page = 0; page < 20; page += 1) {
    const asked = { cursor, sinceMs: 0, venueMs: () => NOW_MS };
    const read = await fillsAfter(venueOf(times), CONTRACT, { makerFeeBps: 2, takerFeeBps: 6 }, asked);
    for (const { fillId } of read.fills) found.add(fillId);
    if (read.cursor === cursor) return found;
    cursor = read.cursor;
  }
  throw new Error("the cursor moves without end");
}

const times = (count: number, fromMs: number, stepMs: number) => Array.from({ length: count }, (_, index) => fromMs + index * stepMs);

describe("the fills of a perpetual after a cursor", () => {
  it("go on behind more of them than one question tells, which the last one had shown", async () => {
    const found = await shown([...times(2_500, CURSOR_MS - 30_000, 10), CURSOR_MS + 5_000]);
    expect(found).toContain("12500");
  });

  it.each([
    ["soon after it", 5_000, 1],
    ["over a while", 5_000, 20],
  ])("are all shown where more of them than one question tells came %s", async (_when, count, stepMs) => {
    const found = await shown(times(count, CURSOR_MS + 1_000, stepMs));
    expect(found.size).toBe(count);
  });
});
