import { describe, expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { ENTRY_TTL_MS } from "../../../src/engine/live/limits.ts";
import { StoreUnavailable } from "../../../src/ports/store.ts";
import { openMemoryStore } from "../../../src/stores/memory.ts";
import { by, wishFor } from "../../kit/engine-rig.ts";
import { moodyStore } from "../../kit/engine-store.ts";
import { expectSettled, story } from "../../kit/live-referee.ts";
import { connectedRig, type LiveRig, MINUTE, START_MS } from "../../kit/live-rig.ts";

const STREAM = "account:main";
const TTL_S = ENTRY_TTL_MS / 1_000;

/** Prices that rise in the third minute, in a narrow spread, and a bot that enters at its close. */
async function enteringRig(store: ReturnType<typeof moodyStore>): Promise<LiveRig> {
  const rig = await connectedRig({
    store: store.store,
    prepare: (tape) => {
      tape.minute("BTCUSDT", START_MS + 2 * MINUTE, [50_000, 50_000, 50_300, 50_300]);
      for (let minute = 3; minute < 10; minute += 1) tape.minute("BTCUSDT", START_MS + minute * MINUTE, [50_300, 50_300, 50_300, 50_300]);
    },
  });
  rig.spreadPct = 0.1;
  await rig.opened.desk.append([{ type: "limits-set", scope: "all", limits: { spreadBps: 20 }, by: "a" }]);
  const protection = { stopPct: 3, takePct: undefined, trailingPct: undefined };
  await rig.engine.createBot(wishFor({ name: "dip", sizing: { kind: "notional", notional: decimal(100) }, protection }), by("create"));
  await rig.engine.promoteBot("dip", "main", undefined, by("promote"));
  return rig;
}

/** What becomes of the entry when its store fails for so many seconds, from the second of its decision on. */
async function afterOutage(seconds: number, meanwhile: (rig: LiveRig) => void = () => undefined) {
  const moody = moodyStore(openMemoryStore());
  const rig = await enteringRig(moody);
  moody.onAppend = ({ bodies }) => {
    if (!bodies.some((body) => body.includes('"purpose":"entry"'))) return;
    moody.onAppend = () => undefined;
    moody.broken.add(STREAM);
    throw new StoreUnavailable("disk full");
  };
  expect(await rig.until(() => moody.broken.has(STREAM), (4 * MINUTE) / 1_000)).toBe(true);
  meanwhile(rig);
  await rig.beat(seconds);
  moody.broken.delete(STREAM);
  await rig.beat(10);
  await expectSettled(rig);
  return { made: story(rig), dropped: (await rig.events("order-canceled")).map(({ reason }) => reason) };
}

describe("an entry that its store did not take at once", () => {
  it("is sent when the store is back soon", async () => {
    expect(await afterOutage(1)).toEqual({ made: ["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"], dropped: [] });
  });

  it("is not where the spread has become too wide meanwhile", async () => {
    const widen = (rig: LiveRig) => {
      rig.spreadPct = 0.5;
    };
    expect(await afterOutage(2, widen)).toEqual({
      made: [],
      dropped: ["not sent: the spread of BTC/USDT is 50 bps, and 20 bps is the most (limit of the desk)"],
    });
  });

  it("is dropped when it was decided too long ago, although its candle is still the newest one", async () => {
    expect(await afterOutage(TTL_S + 1)).toEqual({ made: [], dropped: ["not sent: it waited too long to be sent"] });
  });
});
