import type { BotState } from "../domain/books.ts";
import type { BotSpec, Protection } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import type { AccountEvent } from "../domain/events.ts";
import { decimal, min, percentOf, shown } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import type { BotChange, BotChanges, ChangeFacts, EntrySketch } from "../ports/bot-changes.ts";
import type { Caller } from "../ports/engine.ts";
import { capOf, roundTripPct, wishedSize } from "../risk/sizing.ts";
import type { Account } from "./account.ts";
import type { Accounts } from "./accounts.ts";
import { type Bots, told } from "./bots.ts";
import { changedSpec, decidesOtherwise, isEqual, waitingFor } from "./changed-bot.ts";
import { planFacts } from "./plan-facts.ts";
import { sizeQuestion } from "./sizing.ts";
import { equityOf } from "./valuation.ts";

export interface ChangeParts {
  readonly bots: Bots;
  readonly accounts: Accounts;
}

/** Changes what bots are. What an open position was opened with stays; sizes count from the next entry on. */
export class BotChanger implements BotChanges {
  readonly #parts: ChangeParts;

  constructor(parts: ChangeParts) {
    this.#parts = parts;
  }

  preview(name: string, change: BotChange): ChangeFacts {
    const { account, bot } = this.#parts.bots.find(name);
    return this.#facts(account, bot, changedSpec(account, bot.spec, change));
  }

  previewUndo(name: string): ChangeFacts {
    const { account, bot } = this.#parts.bots.find(name);
    return this.#facts(account, bot, changedSpec(account, bot.spec, wholly(earlierOf(bot))));
  }

  set(name: string, change: BotChange, caller: Caller): Promise<void> {
    return this.#apply(name, caller, (account, bot) => ({
      type: "bot-changed",
      botId: bot.spec.id,
      spec: changedSpec(account, bot.spec, change),
      by: caller.user,
    }));
  }

  undo(name: string, caller: Caller): Promise<void> {
    return this.#apply(name, caller, (account, bot) => ({
      type: "bot-changed",
      botId: bot.spec.id,
      spec: changedSpec(account, bot.spec, wholly(earlierOf(bot))),
      by: caller.user,
      undo: true,
    }));
  }

  /** The feed reads what the changed bot will ask of it before the change counts, so that no slot in between is judged with holes. */
  async #apply(
    name: string,
    caller: Caller,
    changed: (account: Account, bot: BotState) => Extract<AccountEvent, { type: "bot-changed" }>,
  ): Promise<void> {
    const { bots, accounts } = this.#parts;
    const { account, bot } = bots.find(name);
    if (account.state.requests.includes(caller.requestId)) return;
    await accounts.warm(account, changed(account, bot).spec);
    await told(
      account.queue.run(async () => {
        if (account.state.requests.includes(caller.requestId)) return;
        const event = changed(account, bot);
        refuseNow(account, bot, event.spec);
        await account.appendOnce([event], caller.requestId);
        accounts.renew(account, bot);
      }),
    );
  }

  #facts(account: Account, bot: BotState, after: BotSpec): ChangeFacts {
    refuseNow(account, bot, after);
    const before = bot.spec;
    const [entryBefore, entryAfter] = [sketch(account, bot, before), sketch(account, bot, after)];
    const facts = { before, after, entryBefore, entryAfter, holds: !isFlat(bot.position) };
    return { ...facts, raises: raises(facts) };
  }
}

function earlierOf({ spec, earlier }: BotState): BotSpec {
  const last = earlier?.at(-1);
  if (!last) throw new UserError(`${spec.name} was not changed since it was made, so there is nothing to take back.`);
  return last;
}

/** Everything that may be changed, as a spec has it. */
function wholly({ sizing, sizeMax, protection, timeframe, strategy, params, rules, leverage }: BotSpec): BotChange {
  const optional = { ...(rules && { rules }), ...(leverage === undefined ? {} : { leverage }) };
  return { sizing, sizeMax: sizeMax ?? "none", protection, timeframe, strategy, params, ...optional };
}

function refuseNow(account: Account, bot: BotState, after: BotSpec): void {
  if (isEqual(bot.spec, after)) throw new UserError(`${bot.spec.name} is so already: nothing was changed.`);
  const waits = waitingFor(account, bot, after);
  if (waits !== undefined) throw new UserError(waits);
}

/** What an entry would be, alone and before cash and limits cut it. */
function sketch(account: Account, bot: BotState, spec: BotSpec): EntrySketch {
  const { state, services, priceOf, runners } = account;
  const plan = planFacts(account, spec);
  if (plan) return { notional: plan.whole, lossAtStop: plan.lossAtStop ?? plan.whole, says: plan.says, entries: plan.entries.length };
  const instrument = services.market.instruments.get(spec.symbol);
  const equity = equityOf(state, priceOf);
  const price = priceOf(spec.symbol);
  if (!instrument || !equity || price === undefined)
    return { notional: undefined, lossAtStop: undefined, says: "not known without a price" };
  const { stopPct = stopAt(spec.protection, price), ...question } = sizeQuestion(spec, runners.get(bot.spec.id)?.lastSlot);
  const sized = wishedSize({ ...question, stopPct, equity, quote: instrument.quote, takerFeeBps: instrument.takerFeeBps });
  if ("refused" in sized) return { notional: undefined, lossAtStop: undefined, says: sized.refused };
  const caps = [percentOf(equity, services.limits.positionCapPct), ...(spec.sizeMax ? [capOf(spec.sizeMax, equity)] : [])];
  const notional = caps.reduce(min, sized.notional);
  const cut = notional.isLessThan(sized.notional) ? `, cut to ${shown(notional, 2)} ${instrument.quote}` : "";
  const lossAtStop = stopPct === undefined ? notional : min(notional, percentOf(notional, stopPct + roundTripPct(instrument.takerFeeBps)));
  return { notional, lossAtStop, says: `${sized.arithmetic}${cut}` };
}

/** A stop in percent is known without a candle. */
function stopAt({ stopPct, stopPrice, trailingPct, trailAfterPct }: Protection, price: number): number | undefined {
  const known = [
    stopPct,
    stopPrice &&
      decimal(1)
        .minus(stopPrice.dividedBy(decimal(price)))
        .times(100)
        .toNumber(),
    trailAfterPct === undefined ? trailingPct : undefined,
  ].filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Why more may be lost than before. What nobody can say counts as more. */
function raises({ before, after, entryBefore, entryAfter }: Omit<ChangeFacts, "raises">): string[] {
  const [loss, lossBefore] = [entryAfter.lossAtStop, entryBefore.lossAtStop];
  const isSized = !isEqual(sizedBy(before), sizedBy(after));
  const larger = entryAfter.notional && entryBefore.notional && entryAfter.notional.isGreaterThan(entryBefore.notional);
  return [
    isSized && (!loss || !lossBefore) ? "what an entry would lose at its stop is not known" : undefined,
    isSized && loss && lossBefore && loss.isGreaterThan(lossBefore) ? "an entry would lose more at its stop" : undefined,
    isSized && larger ? "an entry would be larger" : undefined,
    fewerExits(before.protection, after.protection) ? "an exit is taken away" : undefined,
    (after.leverage ?? 1) > (before.leverage ?? 1) ? "the leverage is higher" : undefined,
    decidesOtherwise(before, after) ? "it decides otherwise from its next start on" : undefined,
  ].filter((reason) => reason !== undefined);
}

/** What the size of an entry and its loss at the stop follow from. */
function sizedBy({ sizing, sizeMax, protection }: BotSpec) {
  return { sizing, sizeMax, protection };
}

/** Whether some way out of a position that there was is there no longer. */
function fewerExits(before: Protection, after: Protection): boolean {
  return (["trailingPct", "breakevenPct", "holdMax"] as const).some((name) => before[name] !== undefined && after[name] === undefined);
}
