import { type BreakerName, type BreakerSetting, breakerKey } from "../domain/breaker.ts";
import type { BreakerEvent } from "../domain/breaker-events.ts";
import { UserError } from "../domain/errors.ts";
import type { RiskScope } from "../domain/limits.ts";
import type { BreakerOpening, Breakers, Caller } from "../ports/engine.ts";
import type { BreakerFacts } from "../ports/risk-facts.ts";
import { BREAKER_RULES } from "../risk/breaker-rules.ts";
import type { Account } from "./account.ts";
import type { BreakerDesk } from "./breaker-desk.ts";
import { drawdown } from "./breaker-readings.ts";
import { accountStream } from "./streams.ts";

export interface BreakerAccounts {
  all(): readonly Account[];
  get(stream: string): Account | undefined;
}

/** The breakers of all accounts as people see and reset them. */
export class PeoplesBreakers implements Breakers {
  readonly #accounts: BreakerAccounts;
  readonly #desk: BreakerDesk;

  constructor(accounts: BreakerAccounts, desk: BreakerDesk) {
    this.#accounts = accounts;
    this.#desk = desk;
  }

  all(): readonly BreakerFacts[] {
    return this.#accounts
      .all()
      .filter(({ state }) => state.sequence > 0 && !state.venue.removed)
      .flatMap((account) => {
        const bots = [...account.state.bots.values()].filter(({ deleted }) => !deleted);
        const { account: name, mode } = account.state;
        const questions = this.#desk.questions(account, { bots, results: true, alarms: [] });
        return questions.map(({ breaker, scope, setting, open, reading }) => {
          return { account: name, mode, breaker, scope, setting, open, reading: reading?.value };
        });
      });
  }

  setting(breaker: BreakerName, scope: RiskScope): BreakerSetting | undefined {
    const { settings } = this.#desk;
    return BREAKER_RULES[breaker].of === "results" ? settings.at(breaker, scope) : settings.narrowest(breaker, [scope, "all"])?.setting;
  }

  async reset(name: string, { breaker, scope, sinceMs }: BreakerOpening, reason: string, caller: Caller): Promise<void> {
    const account = this.#accounts.get(accountStream(name));
    if (!account) throw new UserError(`There is no account named ${name}.`);
    const { state } = account;
    if (state.requests.includes(caller.requestId)) return;
    const isWanted = () => {
      const open = state.breakers.open.get(breakerKey({ breaker, scope }));
      if (open && sinceMs !== undefined && open.sinceMs !== sinceMs) throw openedAgain(breaker);
      if (open) return true;
      const bot = scope.startsWith("bot:") ? state.bots.get(scope.slice("bot:".length)) : undefined;
      return breaker === "drawdown" && (drawdown(account, bot)?.lost.isGreaterThan(0) ?? false);
    };
    const event: BreakerEvent = { type: "breaker-reset", breaker, scope, by: caller.user, reason };
    let isReset = false;
    // Somebody else may reset it, or it may close by itself, while this waits for the store: then nothing is written, and nobody is told that it was.
    const written = () => {
      isReset = isWanted();
      return isReset ? [{ ...event, ...this.#desk.baseline(account, event) }] : [];
    };
    await account.appendOnce(written, caller.requestId);
    if (!isReset && !state.requests.includes(caller.requestId))
      throw new UserError(`The ${breaker} breaker is not open any more; there is nothing to reset.`);
  }
}

/** What was approved or confirmed was another opening, with numbers of its own. */
function openedAgain(breaker: BreakerName): UserError {
  return new UserError(
    `The ${breaker} breaker closed and has opened again meanwhile, so nothing was reset. \`risk breakers\` shows why; send the command again to reset that.`,
  );
}
