import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { LiveStage, leaks, pause } from "../kit/process-live-desk.ts";
import { type LiveRound, runLiveKills } from "../kit/process-live-kills.ts";
import { unsettled, unsound } from "../kit/process-live-referee.ts";
import type { ExchangeId, SpotSeat } from "../kit/process-live-world.ts";

/** `npm run proof` does 200. */
const SPOT_KILLS = Number(process.env.LIVE_KILLS ?? 14);
const PERPETUAL_KILLS = Math.ceil((SPOT_KILLS * 3) / 7);
/** The same moments and wishes again: `SEED=... vitest run --project services test/services/live-kill.test.ts`. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const TIMEOUT_MS = 600_000;
const SETTLE_MAX_MS = 60_000;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) discard(folder);
});

function emptyFolder(): string {
  const folder = temporaryFolder("live");
  folders.push(folder);
  return folder;
}

function expectSound(round: LiveRound, kills: number): void {
  expect(round.faults).toEqual([]);
  expect(round.kills).toBe(kills);
  // A round in which nothing happened shows nothing.
  expect(round.intents).toBeGreaterThanOrEqual(kills);
  expect(round.fills).toBeGreaterThan(0);
  expect(round.fired.size).toBeGreaterThan(3);
}

describe.concurrent("kill -9 at random moments of live trading, with lost, late and spoilt answers", () => {
  const rounds: readonly (readonly [string, readonly ExchangeId[], number])[] = [
    ["Binance.com and Binance.US", ["binance", "binanceus"], SPOT_KILLS],
    ["Blofin", ["blofin"], PERPETUAL_KILLS],
  ];
  it.for(rounds)(
    `never doubles an order, leaves every position covered or alarmed, and books what the exchange holds: %s, SEED=${SEED}`,
    { timeout: TIMEOUT_MS },
    async ([, exchanges, kills]) => {
      expectSound(await runLiveKills({ folder: emptyFolder(), seed: SEED, kills, exchanges }), kills);
    },
  );
});

describe("the comparison with the exchange's own books", () => {
  it("notices a sale by a stranger, a stop that is gone, an order that was sent twice, and a key in a file", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const stage = await LiveStage.open({ folder: emptyFolder(), seed: SEED, exchanges: ["binance"] });
    try {
      await stage.startUp();
      const seat = stage.world.seats[0] as SpotSeat;
      await stage.connect(seat);
      await stage.sayWell("order enter account:binance symbol:BTC/USDT side:buy amount:500 stop:20% confirm:yes");
      const problems = () => unsettled(stage.world, stage.books());
      for (const untilMs = Date.now() + SETTLE_MAX_MS; problems().length > 0 && Date.now() < untilMs; ) await pause(100);
      expect([...problems(), ...unsound(stage.world, stage.books()), ...leaks(stage)]).toEqual([]);
      await stage.end();

      const { book, door, line } = seat;
      const stop = book.orders.find(({ open }) => open);
      door.core.cancel(book, stop!);
      expect(problems()).toEqual([expect.stringMatching(/its stop covers 0, and nobody was told/)]);
      door.core.place(book, { symbol: "BTCUSDT", side: "SELL", type: "MARKET", quantity: decimal("0.001") });
      expect(problems().join()).toMatch(/it holds [\d.]+ BTC, the books say/);
      const [sent] = line.placings.keys();
      line.placings.set(sent!, 2);
      expect(unsound(stage.world, stage.books())).toEqual([`${sent} was sent 2 times to binance`]);
      writeFileSync(join(stage.folder, "data", "note.txt"), `key=${seat.key.secret}`);
      expect(leaks(stage)).toEqual(["the secret of binance lies open in data/note.txt"]);
    } finally {
      await stage.close();
    }
  });
});
