import { UserError } from "../domain/errors.ts";
import { exchangeMarketKey } from "../domain/market-key.ts";
import type { AccountFacts } from "../ports/engine.ts";
import type { MarketPlace, MarketReader } from "../ports/market-reader.ts";
import { quoted } from "./arg-meta.ts";

/**
 * The market that a person means: the desk's own, or that of an exchange where there is an account which that person may see. Real prices come before those of a
 * demo world. Throws UserError for any other.
 */
export function marketPlace(engine: MarketReader, accounts: readonly AccountFacts[], exchangeId: string | undefined): MarketPlace {
  const places = engine.markets();
  const own = places[0]!;
  if (exchangeId === undefined) return own;
  const seen = accounts
    .flatMap(({ venue }) => venue ?? [])
    .map((venue) => exchangeMarketKey(venue.exchangeId, venue.environment === "demo"));
  const allowed = new Set([own.key, ...seen]);
  const keys = [exchangeMarketKey(exchangeId, false), exchangeMarketKey(exchangeId, true)].filter((key) => allowed.has(key));
  const found = keys.map((wanted) => places.find(({ key }) => key === wanted)).find((place) => place !== undefined);
  if (found) return found;
  throw new UserError(
    `This desk reads no prices of ${quoted(exchangeId)} for you. It reads an exchange where you have an account, and ${own.label} without exchange:.`,
  );
}
