import { BREAKER_NAMES, type BreakerName, type BreakerSetting, REACTIONS, type Reaction, type Span } from "../domain/breaker.ts";
import { UserError } from "../domain/errors.ts";
import { levelOf, type RiskScope } from "../domain/limits.ts";
import { BREAKER_DEFAULTS } from "../risk/breaker-defaults.ts";
import { BREAKER_RULES, isLooserBreaker, numberText, settingText } from "../risk/breaker-rules.ts";
import { argument } from "./arg-meta.ts";
import { choice, duration } from "./args.ts";
import type { Call } from "./command.ts";
import { isLiveScope, scopeMeant, scopeText } from "./risk-scopes.ts";
import { type Card, card } from "./view.ts";

export const breakerName = choice(BREAKER_NAMES, "Which breaker?");
export const reactionChoice = choice(REACTIONS);

/** A number in the breaker's own unit; `off`, or `default` for what it is from the start. */
export const breakerAt = argument<number | "off" | "default">(
  { kind: "text", example: "10%", freeText: true },
  "a number in the unit of the breaker such as 10%, or off, or default",
  (text) => {
    if (text === "off" || text === "default") return text;
    const digits = /^(\d{1,6}(?:\.\d{1,4})?)\s*(%|x|bps|min|ms)?$/i.exec(text)?.[1];
    return digits === undefined ? undefined : Number(digits);
  },
);

export const breakerSpan = argument<Span>(
  { kind: "text", example: "4h", freeText: true },
  "a span such as 4h, or day (until the local day ends), or reset (until somebody resets it)",
  (text) => {
    if (text === "day" || text === "reset") return text;
    const parsed = duration.safeParse(text);
    return parsed.success ? parsed.data : undefined;
  },
);

export interface BreakerWish {
  readonly on?: string | undefined;
  readonly account?: string | undefined;
  readonly breaker?: BreakerName | undefined;
  readonly at?: number | "off" | "default" | undefined;
  readonly reaction?: Reaction | undefined;
  readonly for?: Span | undefined;
}

/** Whether a breaker is to be set. */
export function wishesBreaker({ breaker, at, reaction, for: span }: BreakerWish): boolean {
  return breaker !== undefined || at !== undefined || reaction !== undefined || span !== undefined;
}

interface Changed {
  readonly breaker: BreakerName;
  readonly scope: RiskScope;
  readonly before: BreakerSetting | undefined;
  /** What is written; nothing takes back what was set. */
  readonly setting: BreakerSetting | "off" | undefined;
  readonly after: BreakerSetting | undefined;
}

/** A breaker before and after a wish; throws UserError for what there is not. */
function changed(call: Call<BreakerWish>): Changed {
  const { args, engine } = call;
  const { breaker, at, reaction, for: span } = args;
  if (breaker === undefined) throw new UserError("breaker: say which breaker is meant, as in risk set breaker:drawdown at:10%.");
  if (args.on !== undefined && args.account !== undefined) throw new UserError("on: an account is named beside it; give one of the two.");
  const scope = scopeMeant(call, args.on ?? (args.account === undefined ? "all" : `account:${args.account}`));
  const rule = BREAKER_RULES[breaker];
  if (!rule.levels.includes(levelOf(scope)))
    throw new UserError(
      `${breaker}: it is set for ${rule.levels.map((each) => (each === "fleet" ? "all" : each)).join(", ")}, found ${scopeText(scope, engine.bots())}; choose one of these with on.`,
    );
  const before = engine.breakers.setting(breaker, scope);
  if (at === "off" || at === "default") {
    const known = BREAKER_DEFAULTS[breaker];
    const holds = at === "default" && known && (rule.of !== "results" || known.level === levelOf(scope)) ? known : undefined;
    return { breaker, scope, before, setting: at === "off" ? "off" : undefined, after: holds };
  }
  const from = before ?? BREAKER_DEFAULTS[breaker];
  const value = at ?? from?.at;
  if (value === undefined) throw new UserError(`at: say from where on ${breaker} opens, as in at:${numberText(breaker, rule.least)}.`);
  if (value < rule.least || value > rule.most)
    throw new UserError(
      `at: for ${breaker} it is ${numberText(breaker, rule.least)} to ${numberText(breaker, rule.most)}, found ${numberText(breaker, value)}.`,
    );
  const does = reaction ?? from?.reaction ?? "deny";
  if (!rule.reactions.includes(does))
    throw new UserError(
      `reaction: ${breaker} can ${rule.reactions.join(" or ")}, found ${does}; what is held keeps its stop while an exchange or the store is in trouble.`,
    );
  const setting = { at: value, reaction: does, span: span ?? from?.span ?? "reset" };
  if (rule.isProbed && typeof setting.span !== "number")
    throw new UserError(`for: ${breaker} is tried again after a span such as 5m, found ${setting.span}.`);
  return { breaker, scope, before, setting, after: setting };
}

/** What is asked before a breaker is made to stop less. */
export function looserBreakerQuestion(call: Call<BreakerWish>): string | undefined {
  const { breaker, scope, before, after } = changed(call);
  if (!isLooserBreaker(after, before)) return undefined;
  const text = after ? settingText(breaker, after) : "off";
  return `Let the ${breaker} breaker of ${scopeText(scope, call.engine.bots())} stop less than now (${before ? settingText(breaker, before) : "off"}): ${text}?`;
}

/** Whether a breaker that stops less concerns real money. */
export function loosensLiveBreaker(call: Call<BreakerWish>): boolean {
  const { scope, before, after } = changed(call);
  return isLooserBreaker(after, before) && isLiveScope(call, scope);
}

/** Records a breaker as it was wished. Throws UserError where the wish cannot be set. */
export function setBreaker(call: Call<BreakerWish>): Card {
  const { breaker, scope, setting, after } = changed(call);
  const { breakers } = call.desk.state;
  call.record({ type: "breaker-set", scope, breaker, setting, by: call.caller.user }, () => breakers.get(scope)?.[breaker]);
  const name = `The ${breaker} breaker of ${scopeText(scope, call.engine.bots())}`;
  return card(after ? `${name} is set` : `${name} is off`)
    .good()
    .line(
      after ? `It opens at ${settingText(breaker, after)}.` : undefined,
      breaker === "daily-loss" ? "For an account it never opens later than the process setting says." : undefined,
      "One that is open stays as it is until it closes.",
    )
    .button("Breakers", "risk breakers");
}
