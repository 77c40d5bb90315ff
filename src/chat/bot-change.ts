import { OWN_RULES } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import type { BotChange } from "../ports/bot-changes.ts";
import type { BotFacts } from "../ports/engine.ts";
import { RISK_PRESETS, type RiskLevel } from "../risk/presets.ts";
import type { Rule } from "../rules/plan.ts";
import { type ExitWish, exitsChanged } from "./args-exits.ts";
import type { CapWish, SizeWish } from "./args-size.ts";
import type { Strategies } from "./command.ts";
import { paramsFor, refuseCurrency } from "./new-bot.ts";

/** What `bot set` and `bot clone` may be told of a bot. */
export interface ChangeWish {
  readonly size?: SizeWish | undefined;
  readonly max?: CapWish | "none" | undefined;
  readonly risk_level?: RiskLevel | undefined;
  readonly stop?: (ExitWish & { readonly currency?: string }) | undefined;
  readonly take?: ExitWish | undefined;
  readonly trailing?: ExitWish | undefined;
  readonly breakeven?: ExitWish | undefined;
  readonly max_hold?: ExitWish | undefined;
  readonly timeframe?: BotChange["timeframe"] | undefined;
  readonly strategy?: string | undefined;
  readonly params?: Readonly<Record<string, number>> | undefined;
  readonly enter?: Rule | undefined;
  readonly exit?: Rule | "none" | undefined;
  readonly leverage?: number | undefined;
}

/** The wish as a change of one bot: what is left out stays. Throws UserError for what contradicts itself. */
export function changeFor({ state: { spec } }: BotFacts, wish: ChangeWish, strategies: Pick<Strategies, "strategyNamed">): BotChange {
  const { size, max, risk_level: level, timeframe, leverage } = wish;
  const exits = { stop: wish.stop, take: wish.take, trailing: wish.trailing, breakeven: wish.breakeven, max_hold: wish.max_hold };
  if (size && level !== undefined)
    throw new UserError(`size: risk_level ${level} is a size of its own, found another one with it; give one of the two.`);
  refuseCurrency("size", size?.currency, [spec.symbol]);
  refuseCurrency("max", max === "none" ? undefined : max?.currency, [spec.symbol]);
  refuseCurrency("stop", wish.stop?.currency, [spec.symbol]);
  const preset = level && RISK_PRESETS[level];
  const sizing = size?.sizing ?? preset?.sizing;
  const sizeMax = max === "none" ? "none" : (max?.sizing ?? preset?.sizeMax);
  const isExits = Object.values(exits).some((each) => each !== undefined);
  return {
    ...deciderChange(spec, wish, strategies),
    ...(sizing && { sizing }),
    ...(sizeMax && { sizeMax }),
    ...(isExits && { protection: exitsChanged(spec.protection, exits) }),
    ...(timeframe && { timeframe }),
    ...(leverage === undefined ? {} : { leverage }),
  };
}

/** What decides from then on: another strategy, other parameters, or other rules. */
function deciderChange(
  { name, strategy, params, rules }: BotFacts["state"]["spec"],
  wish: ChangeWish,
  { strategyNamed }: Pick<Strategies, "strategyNamed">,
): Pick<BotChange, "strategy" | "params" | "rules"> {
  const isRules = wish.enter !== undefined || wish.exit !== undefined;
  if (isRules) {
    if (wish.params !== undefined || (wish.strategy !== undefined && wish.strategy !== OWN_RULES))
      throw new UserError(
        `${wish.enter ? "enter" : "exit"}: a bot follows a strategy or rules of its own, found both; leave one of them out.`,
      );
    const enter = wish.enter?.text ?? rules?.enter;
    if (enter === undefined) throw new UserError(`enter: ${name} has no rules yet; give the one by which it buys, too.`);
    const exit = wish.exit === undefined ? rules?.exit : wish.exit === "none" ? undefined : wish.exit.text;
    return { strategy: OWN_RULES, params: {}, rules: { enter, exit } };
  }
  const next = wish.strategy ?? strategy;
  if (wish.strategy === undefined && wish.params === undefined) return {};
  if (next === OWN_RULES) {
    if (wish.params !== undefined)
      throw new UserError("params: rules of its own take no parameters; write the numbers into enter and exit.");
    if (!rules) throw new UserError(`enter: ${name} has no rules yet; give the one by which it buys.`);
    return {};
  }
  const kept = next === strategy ? params : {};
  return { strategy: next, params: paramsFor(strategyNamed(next), { ...kept, ...wish.params }) };
}
