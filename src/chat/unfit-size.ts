import { plain } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import type { BotLook } from "../ports/engine.ts";

/** A bot whose entries the market refuses for their size; undefined for all others, also while something else keeps it out. */
export function unfitSizeLine({ bot, entryNow }: BotLook): string | undefined {
  const { spec, position } = bot.state;
  if (!isFlat(position) || !entryNow || entryNow.allowed || entryNow.code !== "market-rules") return undefined;
  const { because, sizeMin } = entryNow;
  const works = sizeMin ? ` \`bot set ${spec.name} size:${plain(sizeMin)}\` works at this price.` : "";
  return `${spec.name} cannot enter with this size: ${because}.${works}`;
}
