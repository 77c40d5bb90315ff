import type { AccountState, BotState } from "../domain/books.ts";
import type { BotSpec } from "../domain/bot.ts";
import { BREAKER_NAMES, type BreakerName, breakerKey, type OpenBreaker } from "../domain/breaker.ts";
import type { Rates } from "../domain/conversion.ts";
import type { DeskState } from "../domain/desk.ts";
import { SLIPPAGE_FILLS } from "../domain/fold-risk.ts";
import { isWithin, levelOf, type RiskScope } from "../domain/limits.ts";
import type { Decimal } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import { minuteText } from "../domain/time.ts";
import type { BreakerDefaults } from "../risk/breaker-defaults.ts";
import { type BreakerQuestion, nextOf, type Reading } from "../risk/breaker-machine.ts";
import { BREAKER_RULES } from "../risk/breaker-rules.ts";
import { Counter } from "../risk/counter.ts";
import type { Broken } from "../risk/entry.ts";
import { botReading, clearedLoss, dayLoss, resultNow, resultReading } from "./breaker-readings.ts";
import { BreakerSettingsBook } from "./breaker-settings.ts";
import type { LimitedAccount } from "./level-facts.ts";
import type { Alarm } from "./senses.ts";
import type { Technical } from "./technical.ts";

/** An account as breakers look at it. */
export interface BrokenAccount extends LimitedAccount {
  readonly technical: Technical;
  /** Of bid and ask, where somebody says it. */
  spreadBpsOf(symbol: string): number | undefined;
}

export interface BreakerDeskOptions {
  readonly desk: { readonly state: Readonly<DeskState> };
  readonly accounts: () => readonly BrokenAccount[];
  readonly defaults: BreakerDefaults | undefined;
  readonly dailyLossPct: number;
  readonly rates: Rates;
}

const BY_BOT = BREAKER_NAMES.filter((name) => BREAKER_RULES[name].of === "bot");
const BY_ACCOUNT = BREAKER_NAMES.filter((name) => BREAKER_RULES[name].of === "account");
const RESULTS = ["daily-loss", "drawdown"] as const;

/** What is asked of the breakers of one account: which of its bots and levels, and what the market did. */
export interface BreakerScope {
  readonly bots: Iterable<BotState>;
  /** Whether losses of the account and of the desk are looked at; they cost an equity. */
  readonly results: boolean;
  readonly alarms: readonly Alarm[];
}

/** The breakers of every account: what opens them, what they read now, and whom they keep from entering. State is in the accounts' books alone. */
export class BreakerDesk {
  readonly settings: BreakerSettingsBook;
  readonly #options: BreakerDeskOptions;

  constructor(options: BreakerDeskOptions) {
    this.#options = options;
    const { state } = options.desk;
    const { defaults, dailyLossPct } = options;
    this.settings = new BreakerSettingsBook({ set: state.breakers, version: () => state.sequence, defaults, dailyLossPct });
  }

  /** Why a breaker keeps an entry of this bot from being made or sent, if one does. `clientOrderId`: the entry that is about to be sent. */
  broken(
    account: BrokenAccount,
    spec: BotSpec,
    asked: { readonly others: number; readonly clientOrderId?: string | undefined },
    counter = this.#counter(account),
  ): Broken | undefined {
    const bot = account.state.bots.get(spec.id);
    for (const open of account.state.breakers.open.values())
      if ((open.reaction === "halt" || concerns(open, spec)) && !letsThrough(open, asked)) return brokenBy(open, account.state, spec);
    const halting = this.#halting(account);
    if (halting)
      return {
        code: "halted",
        because: `halted: the ${halting.open.breaker} breaker of ${halting.account} is open (${halting.open.reason})`,
      };
    // What is over its threshold and not written down yet denies already.
    const scope = { bots: bot ? [bot] : [], results: true, alarms: [] };
    for (const question of this.questions(account, scope, counter)) {
      if (question.open || !concerns(question, spec)) continue;
      const event = nextOf(question);
      if (event?.type === "breaker-tripped") return { code: codeOf(question), because: event.reason };
    }
    const { missing } = counter;
    return missing === undefined ? undefined : { code: "conversion", because: `${missing} (a loss of all accounts together is limited)` };
  }

  /** Whether what a process measures of itself has reached a threshold. */
  strained(account: BrokenAccount): boolean {
    return BY_ACCOUNT.some((breaker) => {
      const reading = account.technical.reading(breaker);
      if (reading === undefined || reading.value < this.settings.least(breaker)) return false;
      const { setting } = this.settings.narrowest(breaker, scopesOfAccount(account.state)) ?? {};
      return setting !== undefined && reading.value >= setting.at;
    });
  }

  /** Bots whose symbol has a spread beyond its threshold that no open breaker tells yet. What a paper market charges never changes. */
  widened(account: BrokenAccount): readonly BotState[] {
    const { state } = account;
    if (state.mode === "paper") return [];
    const least = this.settings.least("spread");
    const widened: BotState[] = [];
    for (const bot of state.bots.values()) {
      if (bot.deleted || (bot.status !== "running" && isFlat(bot.position))) continue;
      const bps = account.spreadBpsOf(bot.spec.symbol);
      if (bps === undefined || bps < least) continue;
      const found = this.#forSymbol("spread", state, bot.spec);
      const isTold = found && state.breakers.open.has(breakerKey({ breaker: "spread", scope: found.scope }));
      if (found && bps >= found.setting.at && !isTold) widened.push(bot);
    }
    return widened;
  }

  /** From where a loss counts on, once its breaker is closed: it would open again at once otherwise. */
  baseline(account: BrokenAccount, { breaker, scope }: Pick<OpenBreaker, "breaker" | "scope">): { lost?: Decimal; peak?: Decimal } {
    const bot = scope.startsWith("bot:") ? account.state.bots.get(scope.slice("bot:".length)) : undefined;
    if (breaker === "daily-loss") {
      const lost = dayLoss(account, scope, bot)?.lost.plus(clearedLoss(account.state, scope));
      return lost ? { lost } : {};
    }
    const peak = breaker === "drawdown" ? resultNow(account, bot) : undefined;
    return peak ? { peak } : {};
  }

  /** An open breaker of any account that halts the whole desk. */
  #halting(own: BrokenAccount): { readonly account: string; readonly open: OpenBreaker } | undefined {
    for (const { state } of this.#options.accounts()) {
      if (state === own.state) continue;
      for (const open of state.breakers.open.values()) if (open.reaction === "halt") return { account: state.account, open };
    }
    return undefined;
  }

  /** Every breaker that is asked, open ones first come with their reading where they have one. */
  questions(account: BrokenAccount, { bots, results, alarms }: BreakerScope, counter = this.#counter(account)): BreakerQuestion[] {
    const asked = new Map<string, BreakerQuestion>();
    const ask = (
      breaker: BreakerName,
      scope: RiskScope,
      read: Pick<BreakerQuestion, "setting"> & { reading: () => Reading | undefined },
    ) => {
      const key = breakerKey({ breaker, scope });
      const open = account.state.breakers.open.get(key);
      if (!open && !read.setting) return;
      const reading = read.reading();
      if ((asked.get(key)?.reading?.value ?? Number.NEGATIVE_INFINITY) >= (reading?.value ?? Number.NEGATIVE_INFINITY) && asked.has(key))
        return;
      const evidence = open?.probing ? evidenceOf(open, account.technical) : undefined;
      asked.set(key, {
        breaker,
        scope,
        setting: read.setting,
        open,
        reading,
        evidence,
        nowMs: account.now(),
        day: account.state.day?.day ?? "",
      });
    };
    if (results) this.#askResults(account, counter, ask);
    for (const bot of bots) this.#askBot(account, bot, results ? counter : undefined, ask);
    const accountScopes = scopesOfAccount(account.state);
    for (const breaker of BY_ACCOUNT)
      ask(breaker, accountScopes[0], {
        setting: this.settings.narrowest(breaker, accountScopes)?.setting,
        reading: () => account.technical.reading(breaker),
      });
    for (const alarm of alarms) this.#askMarket(account, alarm, ask);
    for (const { breaker, scope } of account.state.breakers.open.values())
      if (!asked.has(breakerKey({ breaker, scope }))) ask(breaker, scope, { setting: undefined, reading: () => undefined });
    return [...asked.values()];
  }

  #askResults(account: BrokenAccount, counter: Counter, ask: Ask): void {
    for (const scope of scopesOfAccount(account.state)) {
      for (const breaker of RESULTS) {
        const setting = this.settings.at(breaker, scope);
        ask(breaker, scope, {
          setting,
          reading: () => resultReading(breaker, scope, scope === "all" ? this.#alike(account) : [account], undefined, counter),
        });
      }
    }
  }

  /** With a counter, its losses are looked at, too. */
  #askBot(account: BrokenAccount, bot: BotState, counter: Counter | undefined, ask: Ask): void {
    const { spec } = bot;
    const scope: RiskScope = `bot:${spec.id}`;
    const scopes = [scope, ...scopesOfAccount(account.state)];
    for (const breaker of BY_BOT)
      ask(breaker, scope, {
        setting: this.settings.narrowest(breaker, scopes)?.setting,
        reading: () => botReading(breaker, bot, SLIPPAGE_FILLS),
      });
    if (counter && this.settings.has(scope))
      for (const breaker of RESULTS)
        ask(breaker, scope, {
          setting: this.settings.at(breaker, scope),
          reading: () => resultReading(breaker, scope, [account], bot, counter),
        });
    const spreadBps = account.spreadBpsOf(spec.symbol);
    if (spreadBps === undefined) return;
    const reading = { value: spreadBps, because: `the spread of ${spec.symbol} is ${spreadBps} bps` };
    this.#askSymbol("spread", account, bot, reading, ask);
  }

  #askMarket(account: BrokenAccount, { breaker, symbol, value, because }: Alarm, ask: Ask): void {
    for (const bot of account.state.bots.values())
      if (bot.spec.symbol === symbol && !bot.deleted) this.#askSymbol(breaker, account, bot, { value, because }, ask);
  }

  /** Of the bot alone where it has a setting of its own, else of its symbol on the account. */
  #askSymbol(breaker: BreakerName, account: BrokenAccount, { spec }: BotState, reading: Reading, ask: Ask): void {
    const found = this.#forSymbol(breaker, account.state, spec);
    if (found) ask(breaker, found.scope, { setting: found.setting, reading: () => reading });
  }

  #forSymbol(breaker: BreakerName, state: AccountState, { id, symbol }: BotSpec) {
    const found = this.settings.narrowest(breaker, [`bot:${id}`, ...scopesOfAccount(state)]);
    if (!found) return undefined;
    const scope: RiskScope = found.scope !== undefined && levelOf(found.scope) === "bot" ? found.scope : `symbol:${symbol}`;
    return { setting: found.setting, scope };
  }

  #counter({ state }: BrokenAccount): Counter {
    return new Counter(this.#options.rates, state.mode);
  }

  /** All accounts of one mode: real money, test money and paper are never one number. */
  #alike({ state: { mode } }: BrokenAccount): BrokenAccount[] {
    return this.#options.accounts().filter(({ state }) => state.mode === mode && state.sequence > 0 && !state.venue.removed);
  }
}

type Ask = (
  breaker: BreakerName,
  scope: RiskScope,
  read: Pick<BreakerQuestion, "setting"> & { readonly reading: () => Reading | undefined },
) => void;

/** The account's own scope, then that of the desk. */
function scopesOfAccount({ account }: AccountState): readonly [RiskScope, RiskScope] {
  return [`account:${account}`, "all"];
}

function concerns({ scope }: { readonly scope: RiskScope }, spec: BotSpec): boolean {
  return isWithin(scope, spec);
}

/** A half-open breaker of refused orders is tried with one entry, and with one at a time. */
function letsThrough(
  { breaker, probing, probe }: OpenBreaker,
  asked: { readonly others: number; readonly clientOrderId?: string | undefined },
): boolean {
  if (breaker !== "rejects" || !probing) return false;
  return probe ? probe.clientOrderId === asked.clientOrderId : asked.others === 0;
}

function evidenceOf({ breaker, probe }: OpenBreaker, technical: Technical): "good" | "bad" | undefined {
  if (breaker !== "rejects") return technical.evidence(breaker);
  return probe?.outcome === "accepted" ? "good" : probe?.outcome === "rejected" ? "bad" : undefined;
}

function codeOf({ breaker, scope }: { readonly breaker: BreakerName; readonly scope: RiskScope }): "daily-loss" | "breaker" {
  return breaker === "daily-loss" && levelOf(scope) === "account" ? "daily-loss" : "breaker";
}

function brokenBy(open: OpenBreaker, state: AccountState, { name }: BotSpec): Broken {
  const { breaker, scope, day, untilMs, reason, probing } = open;
  const code = codeOf(open);
  const until =
    day !== undefined
      ? "it clears when the next local day begins"
      : probing
        ? "it is half-open and being tried"
        : untilMs === undefined
          ? "it stays open until somebody resets it"
          : `it stays open until ${minuteText(untilMs)} UTC`;
  if (code === "daily-loss" && day !== undefined) return { code, because: `the daily-loss breaker tripped today; ${until}` };
  const of = scope.startsWith("bot:")
    ? `bot ${name}`
    : scope === `account:${state.account}`
      ? "its account"
      : scope.replace("all", "the desk").replace(":", " ");
  return { code, because: `the ${breaker} breaker of ${of} is open, because ${reason}; ${until}` };
}
