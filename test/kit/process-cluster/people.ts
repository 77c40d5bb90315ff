import { pause } from "../process-live-desk.ts";
import type { Outcome } from "./client.ts";
import type { ClusterStage } from "./stage.ts";
import { COINS } from "./world.ts";

/** Tokens that a desk has at once, with some to spare. */
const TOKENS_AT_ONCE = 90;
const SETUP_AT_ONCE = 8;
const READY_MAX_MS = 60_000;
const LOOK_MS = 250;
/** Between two commands of one program, and of whoever is at the terminal. */
const PAUSE_MAX_MS = 1_200;
const TERMINAL_PAUSE_MS = 700;
/** What is typed at the terminal between two halts. */
const HALT_EVERY = 8;
const HALT_FIRST = 2;
const HALT_MS = 2_000;
const CLOSE_SHARE = 0.2;
const RULES = { strategy: "ema-cross", timeframe: "1m", params: "fast=1 slow=2", size: "100 USDT" };

/** A bot of somebody, and what its person was told last. */
export interface KnownBot {
  readonly name: string;
  readonly token: string;
  /** What the desk has said of it: `maybe` where nobody knows. */
  made: "yes" | "maybe" | "no";
  wanted: "created" | "running" | "stopped" | "unknown";
  isBusy: boolean;
}

/** People and their programs, who go on while processes die, and remember what they were told. */
export class People {
  readonly bots: KnownBot[] = [];
  /** Answers by command and kind. */
  readonly counts = new Map<string, number>();
  /** From when a halt was answered until somebody asked to end it, in wall time. */
  readonly halts: { readonly fromMs: number; readonly untilMs: number }[] = [];
  /** What must never be said. */
  readonly faults: string[] = [];
  adminToken = "";
  readonly #stage: ClusterStage;
  readonly #tokens: string[] = [];
  readonly #hand: string[] = [];
  /** What was refused, in the desk's words, and how often. */
  readonly refusals = new Map<string, number>();
  #keys = 0;
  #made = 0;
  #isOver = false;

  constructor(stage: ClusterStage) {
    this.#stage = stage;
  }

  /** Connects the accounts, makes people, tokens and bots, and puts one bot of each account at the exchange to work. Nothing goes wrong meanwhile. */
  async setUp(): Promise<void> {
    const { seats } = this.#stage.world;
    const { paper, bots } = this.#stage.shape;
    await this.#stage.whenActive();
    this.adminToken = await this.#token("access token name:admin role:admin lasts:1d");
    for (const { id, key } of seats) await this.#connect(id, key.apiKey, key.secret);
    for (let from = 0; from < paper; from += TOKENS_AT_ONCE) {
      const persons = Array.from({ length: Math.min(TOKENS_AT_ONCE, paper - from) }, (_, index) => from + index);
      const tokens: string[] = [];
      for (const person of persons) {
        await this.#stage.sayWell(`access grant user:discord:${1_000 + person} role:trader`);
        tokens.push(await this.#token(`access token name:p${person} role:trader lasts:1d user:discord:${1_000 + person}`));
      }
      const wishes = tokens.flatMap((token, index) => Array<string>(share(bots, paper, from + index)).fill(token));
      await inParallel(SETUP_AT_ONCE, wishes, async (token) => {
        const bot = await this.#create(token);
        await this.#change(bot, "running");
      });
      if (from + TOKENS_AT_ONCE < paper) for (const person of persons) await this.#stage.sayWell(`access revoke user:api:p${person}`);
      else this.#tokens.push(...tokens);
    }
    for (const { id } of seats) {
      const rules = 'strategy:ema-cross timeframe:1m params:"fast=1 slow=2" size:1000USDT stop:0.8% take:0.9%';
      await this.#stage.sayWell(`bot create name:paper-${id} symbol:BTC/USDT ${rules} start:yes`);
      await this.#whenReady(`bot promote bot:paper-${id} account:${id} name:bot-${id} confirm:yes`);
      await this.#whenReady(`order enter account:${id} symbol:SOL/USDT side:buy amount:500 stop:20% confirm:yes`);
    }
    const lost = [...this.counts].filter(([what]) => !what.endsWith(" done"));
    if (lost.length > 0)
      throw new Error(
        `not everything could be set up: ${lost.map(([what, count]) => `${what} ${count}`).join(", ")}; ${this.faults.join("; ")} ${[...this.refusals.keys()].join("; ")}`,
      );
  }

  /** Everybody with a token makes one more bot, named so with a number behind it, and starts it. */
  async beginAll(name: string): Promise<void> {
    await Promise.all(this.#tokens.map(async (token, index) => this.#change(await this.#create(token, `${name}${index + 1}`), "running")));
  }

  /** Goes on until `stop`; resolves when all that was asked is answered. */
  async live(programs: number): Promise<void> {
    await Promise.all([...Array.from({ length: programs }, () => this.#program()), this.#atTheTerminal()]);
  }

  stop(): void {
    this.#isOver = true;
  }

  async #program(): Promise<void> {
    const { draw } = this.#stage;
    while (!this.#isOver) {
      const drawn = draw();
      const free = this.bots.filter(({ isBusy, token }) => !isBusy && this.#tokens.includes(token));
      if (drawn < 0.3) await this.#create(this.#pick(this.#tokens));
      else if (drawn < 0.5) await this.#read();
      else {
        const bot = this.#pick(free.filter(({ wanted }) => wanted !== "unknown"));
        if (bot) await this.#change(bot, bot.wanted === "running" ? "stopped" : "running");
      }
      await pause(draw() * PAUSE_MAX_MS);
    }
  }

  async #create(token: string, name = `b${this.#made + 1}`): Promise<KnownBot> {
    this.#made += 1;
    const bot: KnownBot = { name, token, made: "maybe", wanted: "unknown", isBusy: true };
    this.bots.push(bot);
    const symbol = `${COINS[this.#made % COINS.length]}/USDT`;
    const outcome = await this.#run(token, "bot create", { name: bot.name, symbol, ...RULES });
    if (outcome.kind === "done") {
      bot.made = "yes";
      bot.wanted = "created";
    } else if (outcome.kind === "refused" && saysNothingWasDone(outcome)) bot.made = "no";
    bot.isBusy = false;
    return bot;
  }

  async #change(bot: KnownBot, to: "running" | "stopped"): Promise<void> {
    const { wanted } = bot;
    if (wanted === "unknown") return;
    bot.isBusy = true;
    const outcome = await this.#run(bot.token, to === "running" ? "bot start" : "bot stop", { bot: bot.name });
    if (outcome.kind === "done") bot.wanted = to;
    // "It is written down and done as soon as one has it": nothing else is asked of this bot, so that it must be stopped in the end.
    else if (to === "stopped" && outcome.text.includes("written down")) bot.wanted = "stopped";
    else bot.wanted = saysNothingWasDone(outcome) ? wanted : "unknown";
    bot.isBusy = to === "stopped" && outcome.kind !== "done" && bot.wanted === "stopped";
  }

  async #read(): Promise<void> {
    const { draw } = this.#stage;
    await this.#run(this.#pick(this.#tokens), draw() < 0.5 ? "bot list" : "position list", {}, true);
  }

  async #run(token: string, path: string, args: Readonly<Record<string, string>>, isRead = false): Promise<Outcome> {
    this.#keys += 1;
    const key = isRead ? {} : { key: `k${this.#stage.shape.seed}-${this.#keys}` };
    const outcome = await this.#stage.client.run({ token, path, args, ...key });
    this.count(`${path} ${outcome.kind}`);
    if (outcome.kind !== "done") this.#refused(path, outcome.text);
    return outcome;
  }

  #refused(path: string, text: string): void {
    const words = `${path}: ${text.slice(0, 200)}`;
    this.refusals.set(words, (this.refusals.get(words) ?? 0) + 1);
    if (/^500|incident/.test(text)) this.faults.push(`${path} failed: ${text.slice(0, 300)}`);
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Real orders by hand, halts and resumes. */
  async #atTheTerminal(): Promise<void> {
    let isHaltOwed = false;
    for (let turn = 0; !this.#isOver; turn += 1) {
      // Where turns are slow, each of the few halts may die with its gateway: one is asked for again at once, or a run would have none to judge.
      if (isHaltOwed || turn % HALT_EVERY === HALT_FIRST) isHaltOwed = !(await this.#halt());
      else await this.#trade();
      await pause(TERMINAL_PAUSE_MS);
    }
  }

  /** Answers whether the desk said that it is halted. */
  async #halt(): Promise<boolean> {
    const halted = await this.#stage.say("system halt reason:chaos");
    const fromMs = Date.now();
    const isHalted = halted !== undefined && halted.view.tone !== "bad";
    this.count(`halt ${isHalted ? "done" : "unknown"}`);
    await pause(HALT_MS);
    if (isHalted) this.halts.push({ fromMs, untilMs: Date.now() });
    await this.#say("system resume confirm:yes", "resume");
    return isHalted;
  }

  async #trade(): Promise<void> {
    const { draw, world } = this.#stage;
    const seat = this.#pick(world.seats);
    if (!seat) return;
    if (this.#hand.length > 0 && draw() < CLOSE_SHARE) {
      const [name] = this.#hand.splice(Math.floor(draw() * this.#hand.length), 1);
      await this.#say(`position close bot:${name}`, "close");
      return;
    }
    const coin = this.#pick(COINS.filter((each) => each !== "BTC"));
    const amount = 200 + Math.floor(draw() * 2_000);
    const answer = await this.#say(
      `order enter account:${seat.id} symbol:${coin}/USDT side:buy amount:${amount} stop:${(0.3 + draw()).toFixed(2)}% take:1.5% confirm:yes`,
      "order",
    );
    const name = /^(\S+) \(LIVE\) buys/.exec(answer ?? "")?.[1];
    if (name !== undefined) this.#hand.push(name);
  }

  async #say(line: string, what: string): Promise<string | undefined> {
    const answer = await this.#stage.say(line);
    this.count(`${what} ${answer === undefined ? "unknown" : answer.view.tone === "bad" ? "refused" : "done"}`);
    if (answer?.view.tone === "bad") this.#refused(what, `${answer.view.title} ${answer.view.lines.join(" ")}`);
    if (answer && /incident/i.test(`${answer.view.title} ${answer.view.lines.join(" ")}`))
      this.faults.push(`"${line}" failed: ${answer.view.title} ${answer.view.lines.join(" ").slice(0, 300)}`);
    return answer?.view.title;
  }

  async #token(line: string): Promise<string> {
    const { view } = await this.#stage.sayWell(line);
    const [, token] = /`(ss-api-\S+)`/.exec(view.lines.join(" ")) ?? [];
    if (token === undefined) throw new Error(`no token in the answer to "${line}"`);
    return token;
  }

  async #connect(id: string, apiKey: string, secret: string): Promise<void> {
    await this.#stage.sayWell(`account connect name:${id} exchange:binance environment:live acknowledge:yes`);
    await this.#stage.say(`secret apiKey ${apiKey}`);
    const answer = await this.#stage.say(`secret secret ${secret}`);
    if (!answer?.view.title.includes("is connected")) throw new Error(`${id} was not connected: ${JSON.stringify(answer?.view)}`);
    for (const untilMs = Date.now() + READY_MAX_MS; ; await pause(LOOK_MS)) {
      const shown = JSON.stringify((await this.#stage.say("account list"))?.view);
      if (!shown.includes("being reconciled")) return;
      if (Date.now() > untilMs) throw new Error(`${id} was not reconciled: ${shown.slice(0, 2_000)}`);
    }
  }

  /** An account that has just moved to an engine which came later is reconciled there once more. */
  async #whenReady(line: string): Promise<void> {
    for (const untilMs = Date.now() + READY_MAX_MS; ; await pause(LOOK_MS)) {
      const answer = await this.#stage.say(line);
      if (answer && answer.view.tone !== "bad") return;
      const words = JSON.stringify(answer?.view);
      if (!words.includes("being reconciled") || Date.now() > untilMs) throw new Error(`"${line}" was refused: ${words}`);
    }
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#stage.draw() * list.length)] as T;
  }
}

function saysNothingWasDone({ kind, text }: Outcome): boolean {
  return kind === "refused" && /nothing was done/i.test(text);
}

/** How many of `all` the one at this place of `among` gets. */
function share(all: number, among: number, place: number): number {
  return Math.floor(all / among) + (place < all % among ? 1 : 0);
}

async function inParallel<T>(atOnce: number, list: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const left = [...list];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
    }),
  );
}
