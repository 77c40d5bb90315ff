import type { BreakerName, BreakerSetting, BreakerSettings } from "../domain/breaker.ts";
import { levelOf, type RiskScope } from "../domain/limits.ts";
import { type BreakerDefaults, FEWEST_BREAKERS } from "../risk/breaker-defaults.ts";
import { BREAKER_RULES } from "../risk/breaker-rules.ts";

export interface BreakerSettingsOptions {
  readonly set: ReadonlyMap<RiskScope, BreakerSettings>;
  /** Grows with every change of what is set. */
  readonly version: () => number;
  readonly defaults: BreakerDefaults | undefined;
  readonly dailyLossPct: number;
}

/** What opens each breaker where: as people have set it, else as it is from the start. */
export class BreakerSettingsBook {
  readonly #set: ReadonlyMap<RiskScope, BreakerSettings>;
  readonly #defaults: BreakerDefaults;
  readonly #dailyLossPct: number;
  readonly #version: () => number;
  #least: { readonly version: number; readonly at: Map<BreakerName, number> } | undefined;

  constructor(options: BreakerSettingsOptions) {
    const { set, version, defaults, dailyLossPct } = options;
    this.#set = set;
    this.#version = version;
    this.#defaults = defaults ?? FEWEST_BREAKERS;
    this.#dailyLossPct = dailyLossPct;
  }

  get version(): number {
    return this.#version();
  }

  /** What people have set at exactly this level. */
  setAt(breaker: BreakerName, scope: RiskScope): BreakerSetting | "off" | undefined {
    return this.#set.get(scope)?.[breaker];
  }

  /** Whether anything is set that looks at all accounts, or at one of these bots, together or by itself. */
  has(scope: RiskScope): boolean {
    return this.#set.has(scope);
  }

  /** No breaker of this name opens below this, wherever it is set: most readings need not ask which setting is theirs. */
  least(breaker: BreakerName): number {
    const { version } = this;
    if (this.#least?.version !== version) this.#least = { version, at: new Map() };
    const known = this.#least.at.get(breaker);
    if (known !== undefined) return known;
    let least = this.#defaults[breaker]?.at ?? Number.POSITIVE_INFINITY;
    for (const { [breaker]: set } of this.#set.values()) if (set && set !== "off") least = Math.min(least, set.at);
    this.#least.at.set(breaker, least);
    return least;
  }

  /** For losses and drawdowns: what holds at one level, which is measured by itself. The account's daily loss is never more than the process allows. */
  at(breaker: BreakerName, scope: RiskScope): BreakerSetting | undefined {
    const set = this.setAt(breaker, scope);
    if (breaker === "daily-loss" && levelOf(scope) === "account") {
      const known = set === undefined || set === "off" ? undefined : set;
      if (known && known.at <= this.#dailyLossPct) return known;
      return { at: this.#dailyLossPct, reaction: known?.reaction ?? "deny", span: known?.span ?? "day" };
    }
    if (set !== undefined) return set === "off" ? undefined : set;
    const known = this.#defaults[breaker];
    return known && known.level === levelOf(scope) ? known : undefined;
  }

  /** For what is measured of a bot, a symbol or an account: the narrowest that was set, with where. */
  narrowest(
    breaker: BreakerName,
    scopes: readonly RiskScope[],
  ): { readonly setting: BreakerSetting; readonly scope: RiskScope | undefined } | undefined {
    for (const scope of scopes) {
      const set = this.setAt(breaker, scope);
      if (set === "off") return undefined;
      if (set) return { setting: set, scope };
    }
    const setting = this.#defaults[breaker];
    return setting && BREAKER_RULES[breaker].of !== "results" ? { setting, scope: undefined } : undefined;
  }
}
