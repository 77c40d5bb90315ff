import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { telegramCanary } from "./canary/canary.ts";
import { DiscordCounterpart } from "./discord/counterpart.ts";
import { textOf } from "./discord/text.ts";
import { random } from "./engine-market.ts";
import { factsOf } from "./process-books.ts";
import { DeskProcess, type Shown } from "./process-desk.ts";
import { foldLive, type LiveBooks } from "./process-live-books.ts";
import { heldAt } from "./process-live-referee.ts";
import { coinsOf, type ExchangeId, LiveWorld, type WorldSeat } from "./process-live-world.ts";
import { TelegramCounterpart } from "./telegram/counterpart.ts";

const TELEGRAM_TOKEN = telegramCanary(7_000_000_002);
/** What the desks of a folder have printed and logged, one after the other. */
const OUTPUT = "output.log";
const SETTLE_STEP_MS = 250;
/** A start while an exchange does not answer. */
export const WELCOME_MAX_MS = 60_000;
const SUBSCRIBE_MAX_MS = 20_000;
const CONNECT_MAX_MS = 30_000;
const HOLD_MAX_MS = 60_000;
const HOLD_TRY_MS = 3_000;
/** How often a person at the terminal wishes something. */
const WISH_EVERY_MS = 120;
const CLOSE_SHARE = 0.25;

export interface LiveStageOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly seed: number;
  readonly exchanges?: readonly ExchangeId[];
  readonly coins?: ReadonlyMap<string, number>;
  /** Settings beyond, or instead of, those that every test needs. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Exchanges, two chat platforms, and a folder in which one desk after another trades live. */
export class LiveStage {
  readonly folder: string;
  readonly world: LiveWorld;
  readonly discord: DiscordCounterpart;
  readonly telegram: TelegramCounterpart;
  /** What every desk that is over has shown. */
  readonly shown: Shown[] = [];
  desk: DeskProcess | undefined;
  readonly draw: () => number;
  readonly #settings: Readonly<Record<string, string>>;
  #answered = 0;

  private constructor(options: LiveStageOptions, world: LiveWorld, chats: readonly [DiscordCounterpart, TelegramCounterpart]) {
    this.folder = options.folder;
    this.draw = random(options.seed);
    this.world = world;
    this.#settings = options.settings ?? {};
    [this.discord, this.telegram] = chats;
  }

  static async open(options: LiveStageOptions): Promise<LiveStage> {
    const { seed, exchanges, coins } = options;
    mkdirSync(options.folder, { recursive: true });
    const world = await LiveWorld.start({ seed, draw: random(seed + 1), exchanges, coins });
    const chats = [await DiscordCounterpart.start(), await TelegramCounterpart.start({ token: TELEGRAM_TOKEN })] as const;
    return new LiveStage(options, world, chats);
  }

  async close(): Promise<void> {
    await this.kill();
    await this.world.stop();
    await Promise.all([this.discord.stop(), this.telegram.stop()]);
  }

  get file(): string {
    return join(this.folder, "data", "desk.sqlite");
  }

  /** A desk process; it may not have said welcome yet. */
  start(): DeskProcess {
    const { discord, telegram, folder } = this;
    const settings = {
      ...this.world.settings,
      MARKET: `exchange:${this.world.seats[0]?.id}`,
      LIVE_CEILING: "10000000 USDT",
      KEY_FILE: "data/keys/desk.key",
      DAILY_LOSS_LIMIT: "99%",
      POSITION_CAP: "50%",
      SAFE_AFTER_CRASHES: "0",
      LOG_LEVEL: "debug",
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      TELEGRAM_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.apiUrl,
      OWNER_IDS: `discord:${discord.user.id},telegram:${telegram.user.id}`,
      ...this.#settings,
    };
    this.world.lives.count += 1;
    this.desk = new DeskProcess({ folder, settings, keepOpen: true });
    this.#answered = 0;
    return this.desk;
  }

  async startUp(): Promise<DeskProcess> {
    const desk = this.start();
    await desk.line(({ kind }) => kind === "welcome", "a welcome", WELCOME_MAX_MS);
    return desk;
  }

  async kill(): Promise<void> {
    await this.desk?.kill();
    this.#collect();
  }

  /** Asks it to end, and expects that it ends well. */
  async end(): Promise<void> {
    const ended = await this.desk?.end();
    const { stderr = "" } = this.desk ?? {};
    this.#collect();
    if (ended?.code !== 0) throw new Error(`the desk ended with ${ended?.code ?? ended?.signal}\n${stderr.slice(-2_000)}`);
  }

  /** Types a line and waits for its answer, which comes in turn. */
  async say(line: string, timeoutMs?: number): Promise<Shown> {
    const { desk } = this;
    if (!desk) throw new Error("no desk runs");
    this.#answered += 1;
    const count = this.#answered;
    desk.type(line);
    return desk.until(() => viewsOf(desk.shown)[count - 1], `an answer to "${line.slice(0, 60)}"`, timeoutMs);
  }

  books(): LiveBooks[] {
    return foldLive(factsOf(this.file));
  }

  /** Connects the accounts, makes paper bots and puts them to work with real money, and subscribes both chats. Nothing goes wrong meanwhile. */
  async setUp(): Promise<void> {
    await this.startUp();
    for (const seat of this.world.seats) await this.connect(seat);
    for (const seat of this.world.seats) {
      // A paper bot trades on the prices that the desk names, so only symbols that those have can go live.
      if (seat.kind !== this.world.seats[0]?.kind) continue;
      for (const coin of coinsOf(seat).bots) {
        const name = `${seat.id}-${coin.toLowerCase()}`;
        const rules = 'strategy:ema-cross timeframe:1m params:"fast=1 slow=2" size:1000USDT stop:0.8% take:0.9%';
        await this.sayWell(`bot create name:paper-${name} symbol:${symbolAt(seat, coin)} ${rules} start:yes`);
        await this.sayWell(`bot promote bot:paper-${name} account:${seat.id} name:live-${name} confirm:yes`);
      }
    }
    await this.discord.waitForRequest("PUT", "/commands", SUBSCRIBE_MAX_MS);
    await this.discord.slash(this.discord.user, "/channel subscribe", { kinds: "all" }).until("gets alerts");
    const { telegram } = this;
    await telegram.ask(telegram.user, "/channel_subscribe kinds:all", {
      timeoutMs: SUBSCRIBE_MAX_MS,
      that: (message) => telegram.textOf(message).includes("gets alerts"),
    });
  }

  async connect({ id, key }: WorldSeat): Promise<void> {
    await this.sayWell(`account connect name:${id} exchange:${id} environment:live acknowledge:yes`);
    let answer: Shown | undefined;
    for (const [name, value] of Object.entries(key)) answer = await this.say(`secret ${name} ${value}`);
    if (!answer?.view.title.includes("is connected")) throw new Error(`${id} was not connected: ${JSON.stringify(answer?.view)}`);
    const desk = this.desk!;
    const isReady = async () => !JSON.stringify((await this.say("account list")).view).includes("being reconciled");
    const untilMs = Date.now() + CONNECT_MAX_MS;
    while (!(await isReady())) {
      if (Date.now() > untilMs) throw new Error(`${id} was not reconciled\n${desk.stderr.slice(-2_000)}`);
      await pause(SETTLE_STEP_MS);
    }
  }

  /**
   * Enters 500 USDT by hand and waits until its exchange holds them. An entry that comes too early for the request budget is given up: a desk begins
   * careful where an exchange does not tell what was used.
   */
  async hold(seat: WorldSeat, coin: string): Promise<void> {
    const symbol = symbolAt(seat, coin);
    const isHeld = () => heldAt(seat).some((text) => text.endsWith(` ${coin}`) || text.endsWith(` of ${symbol}`));
    for (const untilMs = Date.now() + HOLD_MAX_MS; !isHeld() && Date.now() < untilMs; ) {
      await this.say(`order enter account:${seat.id} symbol:${symbol} side:buy amount:500 stop:20% confirm:yes`);
      for (const lookMs = Date.now() + HOLD_TRY_MS; !isHeld() && Date.now() < lookMs; ) await pause(SETTLE_STEP_MS);
    }
    if (!isHeld()) throw new Error(`${seat.id} does not hold ${coin} after ${HOLD_MAX_MS} ms\n${this.desk?.stderr.slice(-2_000)}`);
  }

  async sayWell(line: string): Promise<Shown> {
    const answer = await this.say(line);
    if (answer.view.tone === "bad") throw new Error(`"${line}" was refused: ${answer.view.title} ${answer.view.lines.join(" ")}`);
    return answer;
  }

  /** A person who enters and closes positions by hand, as fast as answers come, until the desk dies. */
  async trade(): Promise<void> {
    const { desk } = this;
    const ended = new Promise<void>((resolve) => void desk?.exited.then(() => resolve()));
    const names: string[] = [];
    for (let alive = true; alive && this.desk === desk; ) {
      const answer = this.say(this.#wish(names)).then(({ view }) => {
        const name = /^(\S+) \(LIVE\) (?:buys|sells short)/.exec(view.title)?.[1];
        if (name !== undefined) names.push(name);
      });
      await Promise.race([answer.catch(() => undefined), ended]);
      alive = await Promise.race([pause(WISH_EVERY_MS).then(() => true), ended.then(() => false)]);
    }
  }

  #wish(names: string[]): string {
    if (names.length > 0 && this.draw() < CLOSE_SHARE) {
      const [name] = names.splice(Math.floor(this.draw() * names.length), 1);
      return `position close bot:${name}`;
    }
    const seat = this.#pick(this.world.seats);
    const coin = this.#pick(coinsOf(seat).hand);
    const side = seat.kind === "perpetual" && this.draw() < 0.5 ? "sell" : "buy";
    const amount = 200 + Math.floor(this.draw() * 2_000);
    const take = this.draw() < 0.7 ? ` take:${(0.3 + this.draw()).toFixed(2)}%` : "";
    const stop = (0.3 + this.draw() * 0.7).toFixed(2);
    return `order enter account:${seat.id} symbol:${symbolAt(seat, coin)} side:${side} amount:${amount} stop:${stop}%${take} confirm:yes`;
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.draw() * list.length)]!;
  }

  /** Everything that anybody could see of the desk: its output, its files and what it told the chats. */
  everythingWritten(): ReadonlyMap<string, string> {
    const { desk } = this;
    const written = new Map([["the output", `${desk?.stdout ?? ""}${desk?.stderr ?? ""}`]]);
    for (const path of readdirSync(this.folder, { recursive: true, encoding: "utf8" })) {
      const full = join(this.folder, path);
      if (statSync(full).isFile()) written.set(path, readFileSync(full, "latin1"));
    }
    written.set("Discord", JSON.stringify(this.discord.requests));
    written.set("Telegram", JSON.stringify(this.telegram.calls));
    return written;
  }

  /** Every text that the chats show by now. */
  channelTexts(): { readonly discord: readonly string[]; readonly telegram: readonly string[] } {
    const { discord, telegram } = this;
    return {
      discord: discord.channelMessages().map((message) => textOf(message).replaceAll("\\", "")),
      telegram: telegram.botMessages(telegram.chat).map((message) => telegram.textOf(message)),
    };
  }

  #collect(): void {
    const { desk } = this;
    if (!desk) return;
    this.shown.push(...desk.shown);
    appendFileSync(join(this.folder, OUTPUT), `${desk.stdout}${desk.stderr}`);
    this.desk = undefined;
  }
}

/** Answers, each to one typed line; alerts and progress come between them. */
function viewsOf(shown: readonly Shown[]): Shown[] {
  return shown.filter(({ kind }) => kind === "view");
}

/** How an exchange's symbol of a coin is called. */
export function symbolAt({ kind }: WorldSeat, coin: string): string {
  return kind === "perpetual" ? `${coin}/USDT:USDT` : `${coin}/USDT`;
}

/** Where the typed keys lie open: in plain, in base64, in hex or as in an address. */
export function leaks(stage: LiveStage): string[] {
  const found: string[] = [];
  const written = stage.everythingWritten();
  for (const { id, key } of stage.world.seats) {
    for (const [part, value] of Object.entries(key) as [string, string][]) {
      const bytes = Buffer.from(value);
      const forms = [value, bytes.toString("base64").slice(0, -4), bytes.toString("hex"), encodeURIComponent(value)];
      for (const [where, text] of written)
        if (forms.some((form) => text.includes(form))) found.push(`the ${part} of ${id} lies open in ${where}`);
    }
  }
  return found;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
