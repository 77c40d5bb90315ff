import { type BotSpec, sizingText } from "../domain/bot.ts";
import { protectionText } from "../domain/exits.ts";
import { coinsOf } from "./coins.ts";

/** What differs between two specs of a bot: the name of each part as `bot show` says it, what it is and what it becomes. */
export function specDiff(before: BotSpec, after: BotSpec): readonly (readonly [what: string, now: string, then: string])[] {
  const [now, then] = [partsOf(before), partsOf(after)];
  const names = [...new Set([...Object.keys(now), ...Object.keys(then)])];
  return names.flatMap((name) => {
    const [one = "none", other = "none"] = [now[name], then[name]];
    return one === other ? [] : [[name, one, other] as const];
  });
}

/** The same in one line, as `Size 10% of equity -> 5% of equity; Exits ...`. */
export function diffText(before: BotSpec, after: BotSpec): string {
  return specDiff(before, after)
    .map(([what, now, then]) => `${what}: ${now} -> ${then}`)
    .join("; ");
}

function partsOf(spec: BotSpec): Readonly<Record<string, string | undefined>> {
  const { symbol, strategy, params, rules, timeframe, sizing, sizeMax, protection, leverage } = spec;
  const { quote } = coinsOf(symbol);
  const given = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return {
    Strategy: rules ? "rules of its own" : given.length === 0 ? strategy : `${strategy} (${given.join(" ")})`,
    Enter: rules?.enter,
    Exit: rules && (rules.exit ?? "none"),
    Timeframe: timeframe,
    Size: sizingText(sizing, quote, sizeMax),
    Exits: protectionText(protection, quote),
    Leverage: leverage === undefined ? undefined : String(leverage),
  };
}
