import { inspect, isDeepStrictEqual } from "node:util";
import { UserError } from "../../src/domain/errors.ts";
import { decimal } from "../../src/domain/money.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import type { NewBot } from "../../src/ports/engine.ts";
import type { Store } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { ArrayMarket, plainInstrument, walk } from "../kit/engine-market.ts";
import { by, type EngineRig, openRig, wishFor } from "../kit/engine-rig.ts";
import { type CrashPoint, mortalStore, recordingStore, type Write } from "../kit/engine-store.ts";

/** The night in which New York goes to summer time; its local days begin at 05:00 and, after the change, at 04:00 UTC. */
const START_MS = Date.UTC(2025, 2, 9, 4, 20);
export const ZONE = "America/New_York";
const HISTORY_MINUTES = 40;
export const ALICE = "discord:1";
export const BOB = "telegram:2";

const costs = { takerFeeBps: 10, makerFeeBps: 7, halfSpreadBps: 1, slippageBps: 2 };

export function stormyMarket(minutes: number, seed = 7): ArrayMarket {
  const span = { startMs: START_MS - HISTORY_MINUTES * MINUTE_MS, minutes: HISTORY_MINUTES + minutes };
  return new ArrayMarket({
    startMs: marketMs(START_MS),
    instruments: new Map(["BTC/USDT", "ETH/USDT"].map((symbol) => [symbol, plainInstrument(symbol, costs)])),
    candles: new Map([
      ["BTC/USDT", walk({ seed, ...span, price: 97.31, movePct: 1.5, volume: 60, gapEvery: 25 })],
      ["ETH/USDT", walk({ seed: seed + 1, ...span, price: 13.07, movePct: 2, volume: 700, gapEvery: 40 })],
    ]),
  });
}

/** One thing that happens at a minute of the scenario. Repeating it after a crash is part of the scenario. */
export interface Act {
  readonly minute: number;
  readonly do: (rig: EngineRig) => Promise<unknown>;
}

const none = { stopPct: undefined, takePct: undefined, trailingPct: undefined };

function createAndStart(minute: number, owner: string, wish: Partial<NewBot> & { name: string }): Act[] {
  return [
    { minute, do: (rig) => rig.engine.createBot(wishFor(wish), by(`create-${wish.name}`, owner)) },
    { minute, do: (rig) => rig.engine.startBot(wish.name, by(`start-${wish.name}`, owner)) },
  ];
}

/** A request whose answer may have been lost: what a repeat refuses because it is done already is fine. */
function command(minute: number, run: (rig: EngineRig) => Promise<unknown>): Act {
  return { minute, do: (rig) => run(rig).catch(mustBeUserError) };
}

function mustBeUserError(failure: unknown): void {
  if (!(failure instanceof UserError)) throw failure;
}

const keep = (minute: number): Act => ({ minute, do: (rig) => rig.pulse.keep() });
const beat = (minute: number): Act => ({ minute, do: (rig) => rig.pulse.beat() });

export function script(minutes: number): Act[] {
  const quick = { strategy: "bollinger-breakout", params: { period: 4, deviations: 0.8 } };
  const rsi = { strategy: "rsi-reversion", params: { period: 3, enterBelow: 35, exitAbove: 60 } };
  const bands = { strategy: "bollinger-breakout", params: { period: 6, deviations: 1.2 } };
  const half = Math.floor(minutes / 2);
  return [
    ...createAndStart(0, ALICE, { name: "trail", protection: { ...none, trailingPct: 1.2 }, sizing: { kind: "equity-percent", pct: 40 } }),
    ...createAndStart(0, ALICE, {
      name: "dip",
      ...rsi,
      timeframe: "3m",
      symbol: "ETH/USDT",
      protection: { ...none, stopPct: 1.5, takePct: 2.5 },
    }),
    ...createAndStart(3, BOB, { name: "band", ...bands, protection: { stopPct: 3, takePct: undefined, trailingPct: 2 } }),
    {
      minute: 5,
      do: (rig) =>
        rig.engine.createBot(
          wishFor({ name: "late", ...quick, symbol: "ETH/USDT", protection: { ...none, takePct: 0.4 } }),
          by("create-late", BOB),
        ),
    },
    ...createAndStart(5, BOB, { name: "early", timeframe: "3m", symbol: "ETH/USDT", sizing: { kind: "equity-percent", pct: 90 } }),
    { minute: 6, do: (rig) => rig.engine.startBot("late", by("start-late", BOB)) },
    keep(20),
    ...[24, 27, 31, 36].map((minute) => command(minute, (rig) => rig.engine.closePosition("trail", by(`close-trail-${minute}`, ALICE)))),
    ...createAndStart(40, ALICE, { name: "slow", timeframe: "5m", sizing: { kind: "notional", notional: decimal("1234.5") } }),
    command(half, (rig) => rig.engine.stopBot("band", true, by("stop-band", BOB))),
    keep(half + 5),
    command(half + 12, (rig) => rig.engine.startBot("band", by("again-band", BOB))),
    command(half + 15, (rig) => rig.engine.stopBot("dip", false, by("stop-dip", ALICE))),
    command(half + 35, (rig) => rig.engine.startBot("dip", by("again-dip", ALICE))),
    keep(minutes - 25),
    command(minutes - 20, (rig) => rig.engine.panic("enough", by("panic", ALICE))),
    beat(minutes - 20),
    beat(minutes - 15),
    { minute: minutes, do: async () => undefined },
  ];
}

/** Plays acts from one on. Answers with the act to go on with when the process died in it, or undefined at the end. */
async function playFrom(store: Store, died: Promise<void>, market: ArrayMarket, acts: readonly Act[], from: number) {
  const opening = await Promise.race([openRig({ store, market, timeZone: ZONE }), died]);
  if (!opening) return { next: from, rig: undefined };
  for (let index = from; index < acts.length; index += 1) {
    const work = played(opening, acts[index]!).then(() => "done" as const);
    work.catch(() => undefined);
    if ((await Promise.race([work, died])) !== "done") return { next: index, rig: undefined };
    if (opening.fatal.length > 0) throw opening.fatal[0];
  }
  return { next: acts.length, rig: opening };
}

async function played(rig: EngineRig, act: Act): Promise<void> {
  const at = START_MS + act.minute * MINUTE_MS;
  const missing = at - rig.engine.market().atMs;
  if (missing > 0) await rig.engine.moveMarket({ forMs: missing });
  await act.do(rig);
}

/** The scenario without a crash: its books, and what each write left behind with the act that made it. */
export async function playUndisturbed(market: ArrayMarket, acts: readonly Act[]) {
  const writes: { write: Write; act: number }[] = [];
  let act = 0;
  const store = recordingStore(openMemoryStore(), (write) => writes.push({ write, act }));
  const rig = await openRig({ store, market, timeZone: ZONE });
  for (act = 0; act < acts.length; act += 1) await played(rig, acts[act]!);
  return { rig, writes };
}

/** A process that starts on what a crash left, at the act that had not been answered. */
export async function playRest(market: ArrayMarket, acts: readonly Act[], left: readonly Write[], from: number): Promise<EngineRig> {
  const store = openMemoryStore();
  for (const write of left) await write(store);
  const rig = await openRig({ store, market, timeZone: ZONE });
  for (const act of acts.slice(from)) await played(rig, act);
  if (rig.fatal.length > 0) throw rig.fatal[0];
  return rig;
}

/** The whole scenario with crashes: each process lives until its point, the next one starts on what it left. */
export async function playThrough(market: ArrayMarket, acts: readonly Act[], points: readonly CrashPoint[]) {
  const store = openMemoryStore();
  let next = 0;
  for (const point of [...points, undefined]) {
    const mortal = mortalStore(store, point);
    const played = await playFrom(mortal.store, mortal.died, market, acts, next);
    next = played.next;
    if (played.rig) return played.rig;
  }
  throw new Error("the last process died without a point");
}

/** Dies after every n-th write, and before it where an act begins with it; answers with how many deaths there were and those that left other books. */
export async function crashAtWrites(market: ArrayMarket, acts: readonly Act[], every: number) {
  const undisturbed = await playUndisturbed(market, acts);
  const wanted = finalBooks(undisturbed.rig);
  const log = undisturbed.writes.map(({ write }) => write);
  const wrong: string[] = [];
  let deaths = 0;
  const die = async (left: number, act: number, place: string) => {
    deaths += 1;
    const books = finalBooks(await playRest(market, acts, log.slice(0, left), act));
    if (!isDeepStrictEqual(books, wanted)) wrong.push(`crash ${place} of ${log.length}: ${inspect(books, { depth: null })}`);
  };
  for (const [index, { act }] of undisturbed.writes.entries()) {
    const begins = undisturbed.writes[index - 1]?.act !== act;
    if (index % every !== 0 && !begins) continue;
    await die(index + 1, act, `after write ${index + 1}, unanswered,`);
    if (begins) await die(index, act, `before write ${index + 1}`);
  }
  return { writes: log.length, deaths, wrong };
}

export function finalBooks(rig: EngineRig): unknown {
  return [ALICE, BOB].map((owner) => rig.summary(owner));
}
