import { createHash } from "node:crypto";
import { textOf } from "../simulation/referee/exact.ts";
import type { LiveBooks } from "./process-live-books.ts";
import { LiveStage, type LiveStageOptions, leaks, pause, WELCOME_MAX_MS } from "./process-live-desk.ts";
import { unsettled, unsound } from "./process-live-referee.ts";

/** A kill comes at most so long after its process was born, after it said welcome, or after an order was taken. */
const BIRTH_SPAN_MS = 2_000;
const WORK_SPAN_MS = 4_000;
const ORDER_SPAN_MS = 1_000;
const BIRTH_SHARE = 0.15;
const WORK_SHARE = 0.35;
/** No order is waited for longer than that. */
const ORDER_MAX_MS = 15_000;
/** Every so many lives one is long enough for a lost attempt to be proven absent, so that its bot goes on. */
const LONG_EVERY = 12;
const LONG_LIFE_MS = 25_000;
/** Faults are off: what was lost is found or proven absent at most so long after its fence. */
const CONVERGE_MAX_MS = 120_000;
/** How long an exchange may still take an order that was sent to it, and not show it. */
const FENCES_MS = { spot: 20_000, perpetual: 80_000 } as const;
const LOOK_EVERY_MS = 1_000;
const TOLD_MAX_MS = 60_000;

export interface LiveKillsOptions extends LiveStageOptions {
  readonly kills: number;
}

/** What a round of live trading under kills came to. */
export interface LiveRound {
  readonly kills: number;
  /** Orders that the desks have sent, and accepted ones among them. */
  readonly sent: number;
  readonly intents: number;
  readonly fills: number;
  /** Attempts whose answer was lost, found again, and proven absent. */
  readonly lost: number;
  readonly found: number;
  readonly absent: number;
  readonly alarms: number;
  readonly fired: ReadonlyMap<string, number>;
  readonly convergedMs: number;
  readonly hash: string;
  readonly faults: readonly string[];
}

/** Live trading at all exchanges with everything going wrong, killed at random moments; then calm, and the comparison. */
export async function runLiveKills(options: LiveKillsOptions): Promise<LiveRound> {
  const stage = await LiveStage.open(options);
  try {
    await stage.setUp();
    stage.world.spoil(true);
    await liveAndDie(stage, options.kills);
    stage.world.spoil(false);
    return await settle(stage, options.kills);
  } finally {
    await stage.close();
  }
}

async function liveAndDie(stage: LiveStage, kills: number): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    const desk = stage.desk ?? stage.start();
    const isLong = kill % LONG_EVERY === LONG_EVERY / 2;
    const [where, when] = [stage.draw(), stage.draw()];
    if (!isLong && where < BIRTH_SHARE) {
      await pause(when * BIRTH_SPAN_MS);
      await stage.kill();
      continue;
    }
    await desk.line(({ kind }) => kind === "welcome", "a welcome", WELCOME_MAX_MS);
    const entered = Promise.withResolvers<void>();
    const trading = stage.trade(entered.resolve);
    if (isLong) await pause(LONG_LIFE_MS);
    else if (where < BIRTH_SHARE + WORK_SHARE) await pause(when * WORK_SPAN_MS);
    else {
      await Promise.race([entered.promise, pause(ORDER_MAX_MS)]);
      await pause(when * ORDER_SPAN_MS);
    }
    await stage.kill();
    await trading;
  }
}

async function settle(stage: LiveStage, kills: number): Promise<LiveRound> {
  const begunMs = Date.now();
  await stage.startUp();
  await stage.sayWell("system halt reason:comparison");
  let books = stage.books();
  let open = unsettled(stage.world, books);
  const maxMs = CONVERGE_MAX_MS + Math.max(...stage.world.seats.map(({ kind }) => FENCES_MS[kind]));
  while (open.length > 0 && Date.now() - begunMs < maxMs) {
    await pause(LOOK_EVERY_MS);
    books = stage.books();
    open = unsettled(stage.world, books);
  }
  const convergedMs = Date.now() - begunMs;
  const untold = await alarmsUntold(stage, books);
  await stage.end();
  const violations = [
    ...stage.discord.violations.map((text) => `Discord refused: ${text}`),
    ...stage.telegram.violations.map((text) => `Telegram refused: ${text}`),
  ];
  const unexplained = books.flatMap(({ account, unexplained }) => unexplained.map((what) => `${account} booked ${what}`));
  const faulted = books.flatMap(({ bots }) =>
    [...bots.values()].flatMap(({ name, faulted }) => (faulted === undefined ? [] : [`${name} has faulted: ${faulted}`])),
  );
  const faults = [...open, ...unsound(stage.world, books), ...unexplained, ...faulted, ...untold, ...violations, ...leaks(stage)];
  return { ...counted(stage, books), kills, convergedMs, hash: hashOf(books), faults };
}

function counted({ world }: LiveStage, books: readonly LiveBooks[]) {
  const sum = (count: (each: LiveBooks) => number) => books.reduce((total, each) => total + count(each), 0);
  const fired = new Map<string, number>();
  for (const { line } of world.seats) for (const [id, count] of line.fired) fired.set(id, (fired.get(id) ?? 0) + count);
  return {
    sent: world.seats.reduce((total, { line }) => total + line.placings.size, 0),
    intents: sum(({ orders }) => orders.size),
    fills: sum(({ fills }) => fills),
    lost: sum(({ lost }) => lost),
    found: sum(({ found }) => found),
    absent: sum(({ absent }) => absent),
    alarms: sum(({ alarms }) => alarms.length),
    fired,
  };
}

/** Alarms that a place which hears critical ones does not show, after some time to tell them. */
async function alarmsUntold(stage: LiveStage, books: readonly LiveBooks[]): Promise<string[]> {
  const names = new Set(books.flatMap(({ alarms }) => alarms));
  const missing = () => {
    const shown = [...stage.shown, ...(stage.desk?.shown ?? [])].map(({ view }) => view.title);
    const places = { terminal: shown, ...stage.channelTexts() };
    return Object.entries(places).flatMap(([place, texts]) => {
      const told = new Set(texts.flatMap((text) => /(\S+) \(LIVE\) is NAKED/.exec(text)?.[1] ?? []));
      return [...names].filter((name) => !told.has(name)).map((name) => `${place} was never told that ${name} was naked`);
    });
  };
  const untilMs = Date.now() + TOLD_MAX_MS;
  let untold = missing();
  while (untold.length > 0 && Date.now() < untilMs) {
    await pause(LOOK_EVERY_MS);
    untold = missing();
  }
  return untold;
}

function hashOf(books: readonly LiveBooks[]): string {
  const lines = books.map(({ account, balances, fills }) => [
    account,
    fills,
    ...[...balances].map(([coin, held]) => `${coin} ${textOf(held)}`),
  ]);
  return createHash("sha256").update(JSON.stringify(lines)).digest("hex").slice(0, 16);
}
