import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { APIMessage } from "discord-api-types/v10";
import { DiscordCounterpart } from "./discord/counterpart.ts";
import { textOf } from "./discord/text.ts";
import { random } from "./engine-market.ts";
import { type Due, duesOf, falsehoods, type Heard, heardIn, silences } from "./process-alerts.ts";
import { type BotBooks, factsOf, foldBooks, hashOf, type StoredFact } from "./process-books.ts";
import { DeskProcess, type Shown } from "./process-desk.ts";

const ENDED = "the market has no more candles";
const REPLAY_MAX_MS = 280_000;
const TOLD_MAX_MS = 120_000;
/** A kill comes at most so long after its process was born, or after it said welcome. */
const BIRTH_SPAN_MS = 900;
const WORK_SPAN_MS = 1_400;

/** Facts that a kill must not change. What an order went through until it was filled may differ: it may have needed another attempt. */
const DECISIONS: ReadonlySet<string> = new Set(["intent", "wish-denied", "day-started", "breaker-tripped", "bot-faulted"]);

/** When to kill a process: counted from its birth, or from its welcome. */
export interface KillMoment {
  readonly from: "birth" | "welcome";
  readonly delayMs: number;
}

/** Kill moments that repeat for an equal seed: every fifth hits the start, the others hit the work. */
export function killMoments(seed: number, count: number): KillMoment[] {
  const draw = random(seed);
  return Array.from({ length: count }, () => {
    const from = draw() < 0.2 ? "birth" : "welcome";
    return { from, delayMs: Math.floor(draw() * (from === "birth" ? BIRTH_SPAN_MS : WORK_SPAN_MS)) };
  });
}

export interface RoundOptions {
  /** An empty folder for this round. */
  readonly folder: string;
  /** The setting `MARKET`. */
  readonly market: string;
  /** Taken from the front until the market has ended. */
  readonly moments: KillMoment[];
}

export interface Round {
  readonly kills: number;
  readonly books: BotBooks[];
  readonly hash: string;
  /** What the bots wished and what was denied, in order. */
  readonly decisions: readonly string[];
  /** What `stats today` and `bot list` answered at the end. */
  readonly answers: readonly Shown[];
  readonly alerts: number;
  readonly repeats: number;
  readonly faults: string[];
}

/** Bots of all strategies on two symbols, three timeframes, with fixed, trailing and no targets. */
export const BOTS: readonly string[] = [
  'name:quick symbol:BTC/USDT strategy:ema-cross timeframe:1m params:"fast=3 slow=8" size:10%',
  'name:trail symbol:ETH/USDT strategy:ema-cross timeframe:3m params:"fast=5 slow=13" size:10% trailing:0.5%',
  "name:dip symbol:BTC/USDT strategy:rsi-reversion timeframe:1m size:10% stop:0.5% take:1%",
  "name:dips symbol:ETH/USDT strategy:rsi-reversion timeframe:3m size:200USDT trailing:1%",
  "name:burst symbol:ETH/USDT strategy:bollinger-breakout timeframe:5m size:20% take:none",
  'name:scalp symbol:BTC/USDT strategy:momentum-scalp timeframe:1m params:"rise=0.1 surge=1.2" size:5%',
  "name:score symbol:ETH/USDT strategy:signal-score timeframe:1m size:5% trailing:0.5%",
  'name:back symbol:BTC/USDT strategy:vwap-reversion timeframe:1m params:"distance=0.2" size:5%',
  "name:bursts symbol:BTC/USDT strategy:bollinger-breakout timeframe:1m size:10% trailing:0.3%",
  'name:average symbol:BTC/USDT strategy:dca timeframe:1m params:"enterBelow=100 orders=3 step=0.3" size:10% stop:3% take:0.6%',
  'name:net symbol:ETH/USDT strategy:grid timeframe:1m params:"around=2 levels=8" size:10%',
];

export interface Comparison {
  readonly calm: Round;
  readonly killed: readonly Round[];
}

/** An undisturbed replay, and as many killed ones as it takes for all kills to fall into a moving market. */
export async function compare(options: Pick<RoundOptions, "folder" | "market"> & { seed: number; kills: number }): Promise<Comparison> {
  const { folder, market, seed, kills } = options;
  const calm = await runRound({ folder: join(folder, "calm"), market, moments: [] });
  const moments = killMoments(seed, kills);
  const killed: Round[] = [];
  while (moments.length > 0) killed.push(await runRound({ folder: join(folder, `killed-${killed.length + 1}`), market, moments }));
  return { calm, killed };
}

/** One replay from its first candle to its last, killed and started again at every moment that falls into it. */
export async function runRound(options: RoundOptions): Promise<Round> {
  mkdirSync(options.folder, { recursive: true });
  const discord = await DiscordCounterpart.start();
  const round = new KillRound(options, discord);
  try {
    return await round.run();
  } finally {
    await round.cleanUp();
    await discord.stop();
  }
}

class KillRound {
  readonly #options: RoundOptions;
  readonly #discord: DiscordCounterpart;
  readonly #shown: Shown[] = [];
  #running: DeskProcess | undefined;
  #kills = 0;

  constructor(options: RoundOptions, discord: DiscordCounterpart) {
    this.#options = options;
    this.#discord = discord;
  }

  async run(): Promise<Round> {
    await this.#setUp();
    while (await this.#killOnce()) this.#kills += 1;
    const dues = await this.#finish();
    const answers = await this.#ask();
    const facts = factsOf(this.#file);
    const happened = duesOf(facts);
    const books = foldBooks(facts);
    const terminal = this.#terminalHeard();
    const channel = [...this.#channelHeard().values()];
    const faults = [
      ...[...silences(dues, terminal, false), ...falsehoods(happened, terminal, false)].map((fault) => `terminal: ${fault}`),
      ...[...silences(dues, channel, true), ...falsehoods(happened, channel, true)].map((fault) => `Discord: ${fault}`),
      ...this.#discord.violations.map((violation) => `Discord refused: ${violation}`),
    ];
    return {
      kills: this.#kills,
      books,
      hash: hashOf(books),
      decisions: facts.filter(({ event }) => DECISIONS.has(event.type)).map(decisionText),
      answers,
      alerts: dues.length,
      repeats: [...terminal, ...channel].filter(({ isRepeat }) => isRepeat).length,
      faults,
    };
  }

  async cleanUp(): Promise<void> {
    await this.#running?.kill();
  }

  /** Makes the bots and subscribes a channel, with the market standing still. */
  async #setUp(): Promise<void> {
    const desk = this.#start("script", [], true);
    await this.#discord.waitForRequest("PUT", "/commands");
    await this.#discord.slash(this.#discord.user, "/channel subscribe", { kinds: "all" }).until("gets alerts");
    for (const command of BOTS.map((bot) => `bot create ${bot} start:yes`)) {
      desk.type(command);
      await desk.answer(command);
    }
    desk.endInput();
    await this.#over(desk);
    const refused = desk.shown.filter(({ kind, view }) => kind === "view" && view.tone === "bad");
    if (refused.length > 0) throw new Error(`refused: ${refused.map(({ view }) => view.title).join(" | ")}`);
  }

  /** False when the market ended first; the desk that saw it then still runs. */
  async #killOnce(): Promise<boolean> {
    const desk = this.#start("max");
    const moment = this.#options.moments[0];
    if (!moment) return false;
    if (moment.from === "welcome") await desk.line(({ kind }) => kind === "welcome", "a welcome");
    const isOver = await desk.until(() => (desk.stderr.includes(ENDED) ? true : undefined), ENDED, moment.delayMs).catch(() => false);
    if (isOver) return false;
    this.#options.moments.shift();
    await desk.kill();
    this.#collect(desk);
    return true;
  }

  /** Waits until the market has ended and everything of it is told, and ends the desk. Its own end is told when it starts again. */
  async #finish(): Promise<Due[]> {
    const desk = this.#running!;
    await desk.logged(ENDED, REPLAY_MAX_MS);
    const dues = duesOf(factsOf(this.#file));
    await desk.until(() => (this.#allPrinted(dues, desk) ? true : undefined), "all alerts at the terminal", TOLD_MAX_MS);
    const heard = new Map<string, Heard>();
    const isAll = (message: APIMessage) => {
      const one = heardInMessage(message);
      if (one) heard.set(message.id, one);
      return silences(dues, heard.values(), true).length === 0;
    };
    await this.#discord.waitForMessage(this.#discord.channel, isAll, TOLD_MAX_MS);
    desk.signal("SIGTERM");
    await this.#over(desk);
    return dues;
  }

  #allPrinted(dues: readonly Due[], desk: DeskProcess): boolean {
    if (this.#shown.length + desk.shown.length < dues.length) return false;
    return silences(dues, this.#terminalHeard(desk.shown), false).length === 0;
  }

  /** The books as the desk itself tells them. */
  async #ask(): Promise<Shown[]> {
    const desk = this.#start("script", ["stats today", "bot list"]);
    await this.#over(desk, false);
    return desk.shown.filter(({ kind }) => kind === "view");
  }

  get #file(): string {
    return join(this.#options.folder, "data", "desk.sqlite");
  }

  #start(speed: "max" | "script", typed: readonly string[] = [], keepOpen = false): DeskProcess {
    const settings = {
      MARKET: this.#options.market,
      MARKET_SPEED: speed,
      SAFE_AFTER_CRASHES: "0",
      DISCORD_TOKEN: this.#discord.token,
      DISCORD_API_URL: this.#discord.apiUrl,
      OWNER_IDS: `discord:${this.#discord.user.id}`,
    };
    this.#running = new DeskProcess({ folder: this.#options.folder, settings, typed, keepOpen });
    return this.#running;
  }

  async #over(desk: DeskProcess, isCollected = true): Promise<void> {
    const { code, signal } = await desk.exited;
    if (code !== 0) throw new Error(`the desk ended with ${code ?? signal}\n${desk.stderr.slice(-2_000)}`);
    if (isCollected) this.#collect(desk);
  }

  #collect(desk: DeskProcess): void {
    this.#shown.push(...desk.shown);
    this.#running = undefined;
  }

  #terminalHeard(more: readonly Shown[] = []): Heard[] {
    return [...this.#shown, ...more].flatMap(({ kind, repeat, view }) => {
      if (kind !== "alert") return [];
      const text = [view.title, ...view.lines, ...view.fields.map(({ value }) => value)].join("\n");
      return heardIn(view.title, text, repeat === true) ?? [];
    });
  }

  #channelHeard(): Map<string, Heard> {
    const heard = new Map<string, Heard>();
    for (const message of this.#discord.channelMessages()) {
      const one = heardInMessage(message);
      if (one) heard.set(message.id, one);
    }
    return heard;
  }
}

function decisionText({ stream, marketMs, event }: StoredFact): string {
  return `${stream} ${marketMs} ${JSON.stringify(event)}`;
}

function heardInMessage(message: APIMessage): Heard | undefined {
  const text = textOf(message).replaceAll("\\", "");
  const title = /^### (.*)$/m.exec(text)?.[1];
  return title === undefined ? undefined : heardIn(title, text, text.includes("(repeat)"));
}
