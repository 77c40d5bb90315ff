import type { AccountState, BotState } from "../../domain/books.ts";
import type { AccountEvent, Intent } from "../../domain/events.ts";
import { brokenRule, type Instrument } from "../../domain/instrument.ts";
import { type Decimal, ZERO } from "../../domain/money.ts";
import { isProtective } from "../../domain/order.ts";
import { splitIntoParts } from "../../domain/parts.ts";
import { isFlat } from "../../domain/position.ts";
import type { MarketMs } from "../../domain/time.ts";
import { checkEntry, type EntryAnswer } from "../../risk/entry.ts";
import type { Facts } from "../account.ts";
import { type Advised, adviseEntry } from "../advice.ts";
import type { BrokenAccount } from "../breaker-desk.ts";
import { type Beside, nextBeside } from "../building.ts";
import { type Asked, type BotWish, entryQuestion, wishEvents, wishesOf } from "../decide.ts";
import type { AccountExecutor } from "../executor.ts";
import type { Slot } from "../feeds.ts";
import type { Wish } from "../intents.ts";
import type { Runners } from "../runner.ts";
import type { AccountServices } from "../services.ts";
import { sizeQuestion } from "../sizing.ts";
import { Funds } from "../valuation.ts";
import { partsSale } from "./adding.ts";
import type { Ceiling } from "./ceiling.ts";
import { wantExit } from "./exit-wish.ts";
import { feasible, gate } from "./gate.ts";
import { entryBound, entryIntent } from "./intents.ts";
import { ENTRY_PRICE_AGE_MS } from "./limits.ts";
import type { Preparations } from "./preparations.ts";
import type { LiveTimes } from "./times.ts";

/** What the executor needs of the account whose queue it runs in. */
export interface LiveExecutorHost extends BrokenAccount {
  readonly state: AccountState;
  readonly services: AccountServices;
  readonly runners: Runners;
  readonly ceiling: Ceiling | undefined;
  readonly preparations: Preparations;
  readonly priceOf: (symbol: string) => number | undefined;
  now(): MarketMs;
  rulesOf(symbol: string): Instrument | undefined;
  /** Why this account cannot trade at all now. */
  closed(): string | undefined;
  appendEvents(facts: Facts): Promise<void>;
  appendOnce(facts: Facts, requestId?: string): Promise<void>;
  /** Attempts that this process makes durable, each with the monotonic time at which it was decided: their lanes may send them. */
  readonly unsent: Map<string, number>;
  readonly times: LiveTimes;
  wake(botId: string): void;
}

/** Makes intents of wishes at a real exchange. What it makes durable the bots' lanes send; what is to be closed they close. */
export class LiveExecutor implements AccountExecutor {
  readonly #account: LiveExecutorHost;

  constructor(account: LiveExecutorHost) {
    this.#account = account;
  }

  wishes(slots: readonly Slot[]): BotWish[] {
    const { state, runners } = this.#account;
    const working = new Set([...state.orders.values()].filter((order) => !isProtective(order)).map(({ botId }) => botId));
    return wishesOf(state, runners, (botId) => working.has(botId), slots);
  }

  mayEnter(bot: BotState, slot: Slot): EntryAnswer {
    const beside = nextBeside(bot, this.#account.priceOf(bot.spec.symbol));
    return this.#check(bot, slot, { funds: new Funds(this.#account), spent: ZERO, pending: [], beside });
  }

  async act(wishes: readonly BotWish[]): Promise<void> {
    if (wishes.length === 0) return;
    const events = wishEvents(this.#account, wishes, {
      check: (bot, slot, asked) => this.#check(bot, slot, asked),
      advise: (bot, slot, answer, beside) => this.#advised(bot, slot, answer, beside),
      enter: (bot, quantity, wish, numbers) => this.#entry(bot, quantity, wish, numbers),
      exit: (bot, wish, numbers) => this.#exit(bot, wish, numbers),
    });
    await this.send(events);
  }

  #entry(bot: BotState, quantity: Decimal, wish: Wish, numbers: readonly number[] | undefined): AccountEvent {
    const rules = this.#account.rulesOf(bot.spec.symbol);
    const parts = numbers && rules && splitIntoParts(numbers, quantity, rules.lotSize);
    return { type: "intent", intent: entryIntent(bot, "buy", quantity, this.#bound(bot), parts ? { ...wish, parts } : wish) };
  }

  #exit(bot: BotState, { reason, slotMs, values }: Wish, numbers: readonly number[] | undefined): AccountEvent[] {
    const { state } = this.#account;
    if (!numbers) return [wantExit(state, bot, "exit", reason, slotMs, values)];
    const rules = this.#account.rulesOf(bot.spec.symbol);
    const price = this.#account.priceOf(bot.spec.symbol);
    const sale = rules && price !== undefined ? partsSale(bot, numbers, rules, price) : undefined;
    return sale ? [{ ...wantExit(state, bot, "exit", reason, slotMs, values), ...sale }] : [];
  }

  /** Attempts are handed to their lanes before they are durable, so that no lane takes them for a dead process's. */
  async send(events: readonly AccountEvent[], requestId?: string): Promise<void> {
    const intents = events.flatMap((event): Intent[] => (event.type === "intent" ? [event.intent] : []));
    const decidedMs = this.#account.times.monotonicMs();
    for (const { clientOrderId } of intents) this.#account.unsent.set(clientOrderId, decidedMs);
    const risked = intents.reduce(
      (sum, { purpose, price, quantity }) => (purpose === "entry" && price ? sum.plus(price.times(quantity)) : sum),
      ZERO,
    );
    const { ceiling } = this.#account;
    const write = () => (requestId === undefined ? this.#account.appendEvents(events) : this.#account.appendOnce(events, requestId));
    try {
      // From the check on nothing has been waited for: what another account decides meanwhile sees this amount held.
      const held = () => this.#account.services.risk.hold(this.#account, events, write);
      await (ceiling ? ceiling.hold(risked, this.#account.state.currency, held) : held());
    } catch (failure) {
      for (const { clientOrderId } of intents) this.#account.unsent.delete(clientOrderId);
      throw failure;
    }
    for (const event of events) if ("botId" in event) this.#account.wake(event.botId);
    for (const { botId } of intents) this.#account.wake(botId);
  }

  /** Real entries fill at once or expire, so nothing of them rests; one that is not sent yet is stopped at the send. */
  async cancelEntries(): Promise<AccountEvent[]> {
    return [];
  }

  closing(bot: BotState, purpose: "close" | "panic", wish: Wish): AccountEvent[] {
    const wanted = bot.exit !== undefined && !bot.exit.keep && (bot.exit.purpose === "panic" || purpose === "close");
    if (isFlat(bot.position) || wanted) return [];
    return [wantExit(this.#account.state, bot, purpose, wish.reason, wish.slotMs, wish.values)];
  }

  /** Lanes follow from the books alone: they take up by themselves what a dead process left. */
  async recover(): Promise<void> {}

  /** An entry that was on its way when the panic began may still fill: it is closed like the others. */
  async finishPanic(): Promise<void> {
    const { state } = this.#account;
    if (!state.panic) return;
    await this.#account.appendEvents(() => {
      const { panic } = state;
      if (!panic) return [];
      const held = [...state.bots.values()].filter(({ position }) => !isFlat(position));
      const unwanted = held.filter(({ exit }) => exit?.purpose !== "panic");
      if (unwanted.length > 0) return unwanted.map((bot) => wantExit(state, bot, "panic", panic.reason));
      // An accepted entry may have filled although the list of fills does not show it yet.
      const works = [...state.orders.values()].some((order) => !isProtective(order) || order.status !== "open");
      return held.length > 0 || works ? [] : [{ type: "panic-finished", scope: panic.scope, remainder: [] }];
    });
  }

  #bound(bot: BotState): Decimal {
    const rules = this.#account.rulesOf(bot.spec.symbol);
    const price = this.#account.priceOf(bot.spec.symbol);
    if (!rules || price === undefined) throw new Error(`an entry in ${bot.spec.symbol} was allowed without rules or price`);
    return entryBound(price, "buy", rules);
  }

  entryNow(bot: BotState): EntryAnswer | undefined {
    if (!this.#account.services.hub.price(bot.spec.symbol)) return undefined;
    const beside = nextBeside(bot, this.#account.priceOf(bot.spec.symbol));
    return this.#check(bot, undefined, { funds: new Funds(this.#account), spent: ZERO, pending: [], beside });
  }

  #advised(bot: BotState, slot: Slot, answer: EntryAnswer, { parts }: Beside): Advised {
    const stopDistance = this.#account.runners.get(bot.spec.id)?.stopDistanceAt(slot);
    const rules = this.#account.rulesOf(bot.spec.symbol);
    return adviseEntry(this.#account.services, bot, rules, answer, (quantity) => {
      if (!rules) return undefined;
      const bound = this.#bound(bot);
      return brokenRule(rules, quantity, bound) ?? feasible(bot, { side: "buy", quantity, bound, stopDistance, parts }, rules)?.because;
    });
  }

  #check(bot: BotState, slot: Slot | undefined, { funds, spent, pending, beside }: Asked): EntryAnswer {
    const { state, services, ceiling, preparations } = this.#account;
    const seen = services.hub.price(bot.spec.symbol);
    const rules = this.#account.rulesOf(bot.spec.symbol);
    const closed = this.#account.closed() ?? (rules ? preparations.missing(bot.spec) : `the exchange lists no ${bot.spec.symbol} now`);
    const priceAgeMs = seen && services.now() - seen.atMs;
    const denied = gate({ state, bot, lotSize: rules?.lotSize, closed, priceAgeMs, priceAgeMaxMs: ENTRY_PRICE_AGE_MS });
    if (denied || !rules || !seen) return denied ?? { allowed: false, code: "no-price", because: "no price was seen yet" };
    const bound = entryBound(seen.price, "buy", rules);
    const newest = slot ?? this.#account.runners.get(bot.spec.id)?.lastSlot;
    const stopDistance = newest && this.#account.runners.get(bot.spec.id)?.stopDistanceAt(newest);
    const asked = services.risk.question(this.#account, bot.spec, { instrument: rules, slot: newest }, pending);
    const answer = checkEntry({
      ...asked,
      ...entryQuestion(this.#account, slot, funds, spent),
      instrument: rules,
      price: bound,
      ...sizeQuestion(bot.spec, newest),
      ...beside,
      ceilingRoom: ceiling?.room(rules.quote, asked.counter).minus(spent),
    });
    if (!answer.allowed) return answer;
    return feasible(bot, { side: "buy", quantity: answer.quantity, bound, stopDistance, parts: beside.parts }, rules) ?? answer;
  }
}
