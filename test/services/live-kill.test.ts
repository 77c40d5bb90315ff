import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { LiveStage, leaks, pause } from "../kit/process-live-desk.ts";
import { type LiveRound, runLiveKills } from "../kit/process-live-kills.ts";
import { unsettled, unsound } from "../kit/process-live-referee.ts";
import type { ExchangeId, SpotSeat } from "../kit/process-live-world.ts";

/** Twenty in all; `npm run proof` does 200. Each exchange has a desk of its own here, because they wait more than they compute. */
const ROUNDS: readonly (readonly [name: string, exchange: ExchangeId, kills: number])[] = [
  ["Binance.com", "binance", 8],
  ["Binance.US", "binanceus", 8],
  ["Blofin", "blofin", 4],
];
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
  // A round in which nothing happened shows nothing: the position that it begins with, and its stop, are the least.
  expect(round.sent).toBeGreaterThanOrEqual(2);
  expect(round.fills).toBeGreaterThan(0);
  expect(round.fired.size).toBeGreaterThan(0);
}

describe.concurrent("kill -9 at random moments of live trading, with lost, late and spoilt answers", () => {
  it.for(ROUNDS)(
    `never doubles an order, leaves every position covered or alarmed, and books what the exchange holds: %s, SEED=${SEED}`,
    { timeout: TIMEOUT_MS },
    async ([, exchange, kills]) => {
      const round = await runLiveKills({ folder: emptyFolder(), seed: SEED, kills, exchanges: [exchange], leavesFences: true });
      expectSound(round, kills);
    },
  );
});

describe.concurrent("the comparison with the exchange's own books", () => {
  it("notices a sale by a stranger, a stop that is gone, an order that was sent twice, and a key in a file", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const stage = await LiveStage.open({ folder: emptyFolder(), seed: SEED, exchanges: ["binance"] });
    try {
      await stage.startUp();
      const seat = stage.world.seats[0] as SpotSeat;
      await stage.connect(seat);
      const early = stage.books();
      await stage.sayWell("order enter account:binance symbol:BTC/USDT side:buy amount:500 stop:20% confirm:yes");
      const problems = () => unsettled(stage.world, stage.books());
      for (const untilMs = Date.now() + SETTLE_MAX_MS; problems().length > 0 && Date.now() < untilMs; ) await pause(100);
      expect([...problems(), ...unsound(stage.world, stage.books()), ...leaks(stage)]).toEqual([]);
      await stage.end();
      // Books that are older than an order say nothing of it: rounds are judged by those that are read when nobody trades any more.
      expect(unsound(stage.world, early)).toContainEqual(expect.stringMatching(/was sent to binance, and no attempt of it is durable/));

      const { book, door, line } = seat;
      const stop = book.orders.find(({ open }) => open);
      door.core.cancel(book, stop!);
      expect(problems()).toEqual([expect.stringMatching(/its stop covers 0, and nobody was told/)]);
      door.core.place(book, { symbol: "BTCUSDT", side: "SELL", type: "MARKET", quantity: decimal("0.001") });
      expect(problems().join()).toMatch(/it holds [\d.]+ BTC, the books say/);
      const [sent] = line.placings.keys();
      line.placings.set(sent!, 2);
      expect(unsound(stage.world, stage.books())).toEqual([`${sent} was sent 2 times to binance`]);
      const planted = join(stage.folder, "data", "note.txt");
      writeFileSync(planted, `key=${seat.key.secret}`);
      expect(leaks(stage)).toEqual(["the secret of binance lies open in data/note.txt"]);
      rmSync(planted);
    } finally {
      await stage.close();
    }
  });
});
