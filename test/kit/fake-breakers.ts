import { type BreakerName, type BreakerSetting, breakerKey, type OpenBreaker } from "../../src/domain/breaker.ts";
import { UserError } from "../../src/domain/errors.ts";
import { levelOf, type RiskScope } from "../../src/domain/limits.ts";
import type { Breakers, Caller } from "../../src/ports/engine.ts";
import type { BreakerFacts } from "../../src/ports/risk-facts.ts";
import { BREAKER_DEFAULTS } from "../../src/risk/breaker-defaults.ts";
import type { FakeHost } from "./fake-accounts.ts";

/** Breakers over the fake books: strict in what there is to reset. */
export class FakeBreakers implements Breakers {
  readonly #host: FakeHost;

  constructor(host: FakeHost) {
    this.#host = host;
  }

  all(): readonly BreakerFacts[] {
    return [...this.#host.books.values()].flatMap(({ account, mode, breakers }): BreakerFacts[] => {
      const scope: RiskScope = `account:${account}`;
      const open = [...breakers.open.values()].map((each) => {
        return { account, mode, breaker: each.breaker, scope: each.scope, setting: undefined, open: each, reading: each.reading };
      });
      const isOpen = breakers.open.has(breakerKey({ breaker: "drawdown", scope }));
      const setting = this.setting("drawdown", scope);
      return isOpen || !setting ? open : [...open, { account, mode, breaker: "drawdown", scope, setting, open: undefined, reading: 3 }];
    });
  }

  setting(breaker: BreakerName, scope: RiskScope): BreakerSetting | undefined {
    const set = this.#host.ledger.state.breakers.get(scope)?.[breaker];
    const known = BREAKER_DEFAULTS[breaker];
    if (set !== undefined) return set === "off" ? undefined : set;
    return known && (breaker !== "drawdown" || known.level === levelOf(scope)) ? known : undefined;
  }

  async reset(account: string, { breaker, scope }: Pick<OpenBreaker, "breaker" | "scope">, reason: string, caller: Caller): Promise<void> {
    if (this.#host.repeated(caller)) return;
    const state = this.#host.books.get(account);
    if (!state?.breakers.open.has(breakerKey({ breaker, scope }))) throw new UserError(`The ${breaker} breaker is not open any more.`);
    this.#host.append(state, { type: "breaker-reset", breaker, scope, by: caller.user, reason }, caller);
  }
}
