import { createHash } from "node:crypto";
import { textOf } from "../simulation/referee/exact.ts";
import type { LiveBooks } from "./process-live-books.ts";
import { LiveStage, type LiveStageOptions, leaks, pause, WELCOME_MAX_MS } from "./process-live-desk.ts";
import { unreached, unsettled, unsound } from "./process-live-referee.ts";

/** A kill comes at most so long after its process was born, after it said welcome, or after an order was sent. */
const BIRTH_SPAN_MS = 2_000;
const WORK_SPAN_MS = 4_000;
const ORDER_SPAN_MS = 1_000;
/** In turn: half of all lives end when an order has just been sent, whatever was drawn, so that no seed is one in which nothing happens. */
const ENDS = ["order", "work", "order", "birth"] as const;
/** No order is waited for longer than that: a desk that begins anew at an exchange which counts by ten seconds lets them pass first. */
const ORDER_MAX_MS = 15_000;
/** Every so many lives one is long enough for a lost attempt to be proven absent, so that its bot goes on. */
const LONG_EVERY = 12;
const LONG_LIFE_MS = 25_000;
/** Faults are off: what was lost is found or proven absent at most so long after its fence. */
const CONVERGE_MAX_MS = 120_000;
/** How long an exchange may still take an order that was sent to it, and not show it. */
const FENCES_MS = { spot: 20_000, perpetual: 80_000 } as const;
const SENT_EVERY_MS = 20;
const LOOK_EVERY_MS = 250;
const TOLD_MAX_MS = 60_000;

export interface LiveKillsOptions extends LiveStageOptions {
  readonly kills: number;
  /**
   * Ends when all that is left are attempts that never reached their exchange, and wait for their fence to be proven absent: most of a minute at Blofin.
   * Otherwise these are waited for, too.
   */
  readonly leavesFences?: boolean;
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
  /** Attempts that never reached their exchange and were still behind their fence at the end. */
  readonly fenced: number;
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
    // Something is held before anything goes wrong.
    for (const seat of stage.world.seats) await stage.hold(seat, "SOL");
    stage.world.spoil(true);
    await liveAndDie(stage, options.kills);
    stage.world.spoil(false);
    return await settle(stage, options);
  } finally {
    await stage.close();
  }
}

async function liveAndDie(stage: LiveStage, kills: number): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    const desk = stage.desk ?? stage.start();
    const isLong = kill % LONG_EVERY === LONG_EVERY - 1;
    const [end, when] = [ENDS[kill % ENDS.length], stage.draw()];
    if (!isLong && end === "birth") {
      await pause(when * BIRTH_SPAN_MS);
      await stage.kill();
      continue;
    }
    await desk.line(({ kind }) => kind === "welcome", "a welcome", WELCOME_MAX_MS);
    const sentBefore = sentBy(stage);
    const trading = stage.trade();
    if (isLong) await pause(LONG_LIFE_MS);
    else if (end === "work") await pause(when * WORK_SPAN_MS);
    else {
      for (const untilMs = Date.now() + ORDER_MAX_MS; sentBy(stage) === sentBefore && Date.now() < untilMs; ) await pause(SENT_EVERY_MS);
      await pause(when * ORDER_SPAN_MS);
    }
    await stage.kill();
    await trading;
  }
}

/** How many orders have reached this side of the wire. */
function sentBy({ world }: LiveStage): number {
  return world.seats.reduce((total, { line }) => total + line.placings.size, 0);
}

async function settle(stage: LiveStage, { kills, leavesFences = false }: LiveKillsOptions): Promise<LiveRound> {
  const begunMs = Date.now();
  await stage.startUp();
  await stage.sayWell("system halt reason:comparison");
  const look = () => {
    const books = stage.books();
    const open = unsettled(stage.world, books);
    const fenced = leavesFences ? unreached(stage.world, books) : [];
    return { books, open: open.filter((fault) => !fenced.includes(fault)), fenced: fenced.length };
  };
  let seen = look();
  const maxMs = CONVERGE_MAX_MS + Math.max(...stage.world.seats.map(({ kind }) => FENCES_MS[kind]));
  while (seen.open.length > 0 && Date.now() - begunMs < maxMs) {
    await pause(LOOK_EVERY_MS);
    seen = look();
  }
  const { open, fenced } = seen;
  const convergedMs = Date.now() - begunMs;
  const untold = await alarmsUntold(stage, seen.books);
  await stage.end();
  // Read when nobody trades any more: what was sent since the books were at rest, a sale at a stop for one, is in these only.
  const books = stage.books();
  const violations = [
    ...stage.discord.violations.map((text) => `Discord refused: ${text}`),
    ...stage.telegram.violations.map((text) => `Telegram refused: ${text}`),
  ];
  const unexplained = books.flatMap(({ account, unexplained }) => unexplained.map((what) => `${account} booked ${what}`));
  const faulted = books.flatMap(({ bots }) =>
    [...bots.values()].flatMap(({ name, faulted }) => (faulted === undefined ? [] : [`${name} has faulted: ${faulted}`])),
  );
  const faults = [...open, ...unsound(stage.world, books), ...unexplained, ...faulted, ...untold, ...violations, ...leaks(stage)];
  return { ...counted(stage, books), kills, fenced, convergedMs, hash: hashOf(books), faults };
}

function counted(stage: LiveStage, books: readonly LiveBooks[]) {
  const sum = (count: (each: LiveBooks) => number) => books.reduce((total, each) => total + count(each), 0);
  const fired = new Map<string, number>();
  for (const { line } of stage.world.seats) for (const [id, count] of line.fired) fired.set(id, (fired.get(id) ?? 0) + count);
  return {
    sent: sentBy(stage),
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
