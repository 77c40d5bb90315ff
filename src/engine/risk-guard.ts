import type { AccountState } from "../domain/books.ts";
import type { BotSpec } from "../domain/bot.ts";
import type { Rates } from "../domain/conversion.ts";
import type { DeskState } from "../domain/desk.ts";
import type { AccountEvent } from "../domain/events.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type Limits, levelOf, lockOn, type RiskScope, scopesOf } from "../domain/limits.ts";
import { decimal } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import { minuteText } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { LimitFacts } from "../ports/risk-facts.ts";
import type { BreakerDefaults } from "../risk/breaker-defaults.ts";
import { Counter } from "../risk/counter.ts";
import type { EntryQuestion } from "../risk/entry.ts";
import type { EntryFacts, Level } from "../risk/limit-rules.ts";
import { LIMIT_NAMES, limitLine } from "../risk/limits.ts";
import { AccountSums } from "./account-sums.ts";
import { BreakerDesk, type BrokenAccount } from "./breaker-desk.ts";
import type { Days } from "./days.ts";
import type { Slot } from "./feeds.ts";
import { CountedFacts, type HeldEntry, type LevelScope, type LimitedAccount } from "./level-facts.ts";

export interface RiskGuardOptions {
  readonly desk: { readonly state: Readonly<DeskState>; readonly clock: Clock };
  /** Every account of the desk. */
  readonly accounts: () => readonly BrokenAccount[];
  readonly days: Days;
  /** What opens breakers where nobody has set anything, and the daily loss that the process allows an account. */
  readonly defaults: BreakerDefaults | undefined;
  readonly dailyLossPct: number;
  readonly rates: Rates;
}

interface LevelQuestion {
  readonly scope: RiskScope;
  readonly limits: Limits;
  readonly account: LimitedAccount;
  readonly spec: Pick<BotSpec, "id" | "name" | "symbol">;
  readonly pending: readonly HeldEntry[];
  readonly counter: Counter;
}

/**
 * The limits and locks of the desk at work. What is allowed is held back from the check until it is in the books, so that of two bots that want the
 * last of a limit one gets it: within an account by its queue, between accounts by what is held here.
 */
export class RiskGuard {
  readonly breakers: BreakerDesk;
  readonly #options: RiskGuardOptions;
  readonly #held = new Set<HeldEntry>();
  readonly #sums = new WeakMap<LimitedAccount, AccountSums>();

  constructor(options: RiskGuardOptions) {
    this.#options = options;
    this.breakers = new BreakerDesk(options);
  }

  /** Why somebody keeps a bot from entering, if anybody does. */
  locked(spec: Pick<BotSpec, "id" | "symbol" | "account">): string | undefined {
    const { desk } = this.#options;
    if (desk.state.locks.size === 0) return undefined;
    const lock = lockOn(desk.state.locks.values(), scopesOf(spec), desk.clock.wall());
    if (!lock) return undefined;
    const until = lock.untilMs === undefined ? "until it is removed" : `until ${minuteText(lock.untilMs)} UTC`;
    if (lock.isPause) return `paused ${lock.untilMs === undefined ? "until it is started again" : until}: ${lock.reason}`;
    return `entries are locked ${until} (lock on ${lock.scope.split(":")[0]}): ${lock.reason}`;
  }

  /** Why an entry that is durable may not be sent after all: a lock or a breaker came in between. */
  barred(account: BrokenAccount, spec: BotSpec, clientOrderId: string): string | undefined {
    return this.locked(spec) ?? this.breakers.broken(account, spec, { others: 0, clientOrderId })?.because;
  }

  /** What the risk door is asked about locks, breakers and limits. `pending` are the entries that the same batch has allowed already. */
  question(
    account: BrokenAccount,
    spec: BotSpec,
    market: { readonly instrument: Instrument; readonly slot: Slot | undefined },
    pending: readonly HeldEntry[],
  ): Pick<EntryQuestion, "locked" | "limited" | "broken"> & { readonly counter: Counter } {
    const { desk } = this.#options;
    const locked = this.locked(spec);
    const counter = this.counter(account);
    const broken = this.breakers.broken(account, spec, { others: pending.length }, counter);
    if (desk.state.limits.size === 0) return { locked, broken, counter };
    const levels = this.levels(account, spec, counter, pending);
    return levels.length === 0
      ? { locked, broken, counter }
      : { locked, broken, counter, limited: { levels, entry: this.entryFacts(account, spec, market, counter) } };
  }

  /** Counts money for one judgement about an account. */
  counter({ state }: LimitedAccount): Counter {
    return new Counter(this.#options.rates, state.mode);
  }

  entryFacts(
    account: BrokenAccount,
    { id, symbol, leverage = 1 }: BotSpec,
    { instrument, slot }: { readonly instrument: Instrument; readonly slot: Slot | undefined },
    counter: Counter,
  ): EntryFacts {
    const { volume, close } = slot?.candle ?? {};
    const bot = account.state.bots.get(id);
    return {
      symbol,
      quote: instrument.quote,
      leverage,
      adds: bot !== undefined && !isFlat(bot.position),
      minuteOfDay: this.#options.days.minuteOf(account.now()),
      spreadBps: account.spreadBpsOf(symbol),
      volume: volume === undefined || close === undefined ? undefined : decimal(volume).times(decimal(close)),
      counter,
    };
  }

  /** The limits that concern a bot, the narrowest first. */
  levels(
    account: LimitedAccount,
    spec: Pick<BotSpec, "id" | "name" | "symbol" | "account">,
    counter: Counter,
    pending: readonly HeldEntry[] = [],
  ): Level[] {
    const { limits } = this.#options.desk.state;
    return scopesOf(spec).flatMap((scope): Level[] => {
      const found = limits.get(scope);
      return found ? [this.#level({ scope, limits: found, account, spec, pending, counter })] : [];
    });
  }

  #level({ scope, limits, account, spec: { id, name, symbol }, pending, counter }: LevelQuestion): Level {
    const held = [...this.#held, ...pending];
    const { state } = account;
    const asked = { held, counter, sumsOf: this.#sumsOf };
    const own = { ...asked, accounts: [account] };
    switch (levelOf(scope)) {
      case "bot": {
        const bot = state.bots.get(id);
        return {
          scope,
          name: `bot ${name}`,
          limits,
          facts: new CountedFacts({ ...own, bot, record: bot?.risk, part: { botId: id } }),
        };
      }
      case "account":
        return {
          scope,
          name: "its account",
          limits,
          facts: new CountedFacts({ ...own, bot: undefined, record: state.risk, part: "everything" }),
        };
      case "symbol":
        return { scope, name: symbol, limits, facts: this.#together(state, { ...asked, part: { symbol } }) };
      case "fleet":
        return { scope, name: "the desk", limits, facts: this.#together(state, { ...asked, part: "everything" }) };
    }
  }

  /** Over all accounts of one mode: real money, test money and paper are never one number. */
  #together({ mode }: AccountState, asked: Pick<LevelScope, "held" | "counter" | "sumsOf" | "part">): CountedFacts {
    const accounts = this.#options.accounts().filter(({ state }) => state.mode === mode && state.sequence > 0 && !state.venue.removed);
    return new CountedFacts({ ...asked, accounts, bot: undefined, record: undefined });
  }

  #sumsOf = (account: LimitedAccount): AccountSums => {
    const known = this.#sums.get(account) ?? new AccountSums(account);
    this.#sums.set(account, known);
    return known;
  };

  /** Every limit in force with what is used of it; over several accounts, apart for each mode. */
  lines(): LimitFacts[] {
    const { desk, accounts } = this.#options;
    const groups = [...Map.groupBy(accounts(), ({ state }) => state.mode).values()];
    return [...desk.state.limits].flatMap(([scope, limits]) => {
      const level = levelOf(scope);
      if (level === "account" || level === "bot") {
        const found = accounts().find(({ state }) =>
          level === "account" ? scope === `account:${state.account}` : state.bots.has(scope.slice(4)),
        );
        const spec = level === "bot" ? found?.state.bots.get(scope.slice(4))?.spec : { id: "", name: "", symbol: "" };
        return found && spec ? this.#linesOf(found, { scope, limits, spec }) : [];
      }
      return groups.flatMap(([account]) =>
        account ? this.#linesOf(account, { scope, limits, spec: { id: "", name: "", symbol: scope.slice(7) } }) : [],
      );
    });
  }

  #linesOf(account: LimitedAccount, asked: Pick<LevelQuestion, "scope" | "limits" | "spec">): LimitFacts[] {
    const { mode, currency } = account.state;
    const counter = this.counter(account);
    const level = this.#level({ ...asked, account, pending: [], counter });
    const minuteOfDay = this.#options.days.minuteOf(account.now());
    const entry = { symbol: "", quote: currency, leverage: 1, minuteOfDay, spreadBps: undefined, volume: undefined, counter };
    return LIMIT_NAMES.flatMap((name): LimitFacts[] => {
      const line = limitLine(name, level, entry);
      const used = name === "spreadBps" || name === "volume" ? "looked at with each entry" : (line?.used ?? "-");
      return line ? [{ scope: level.scope, mode, currency: level.facts.currency, name: line.title, limit: line.limit, used }] : [];
    });
  }

  /** Holds the entries among events back while they are being written down. */
  async hold(account: LimitedAccount, events: readonly AccountEvent[], writing: () => Promise<void>): Promise<void> {
    const entries = heldIn(account, events);
    if (entries.length === 0) return writing();
    for (const entry of entries) this.#held.add(entry);
    try {
      await writing();
    } finally {
      for (const entry of entries) this.#held.delete(entry);
    }
  }
}

/** The entries among events that are not in the books yet. */
export function heldIn({ state, priceOf }: Pick<LimitedAccount, "state" | "priceOf">, events: readonly AccountEvent[]): HeldEntry[] {
  return events.flatMap((event): HeldEntry[] => {
    if (event.type !== "intent" || event.intent.purpose !== "entry") return [];
    const { clientOrderId, botId, symbol, quantity, price } = event.intent;
    return [{ state, clientOrderId, botId, symbol, notional: quantity.times(price ?? decimal(priceOf(symbol) ?? 0)) }];
  });
}
