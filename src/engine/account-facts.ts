import type { AccountState, BotState } from "../domain/books.ts";
import { type Decimal, decimal } from "../domain/money.ts";
import { isProtective } from "../domain/order.ts";
import { entryPrice } from "../domain/position.ts";
import { minuteText } from "../domain/time.ts";
import type { AccountFacts, VenueFacts } from "../ports/engine.ts";
import { leverageLimitOf } from "../risk/leverage.ts";
import { liquidationPrice } from "../risk/liquidation.ts";
import type { Account } from "./account.ts";
import { LiveAccount } from "./live/account.ts";
import { once } from "./once.ts";
import { equityOf, reservedOf } from "./valuation.ts";

/** An account as commands see it; what has to be reckoned is reckoned when it is read. `drilled` says whether a drill has run at its exchange. */
export function accountFacts(account: Account, drilled: boolean): AccountFacts {
  const { state, priceOf } = account;
  const isPaper = state.mode === "paper";
  const equity = once(() => equityOf(state, priceOf));
  const reserved = once(() => decimal(reservedOf(state, priceOf)));
  const troubles = once(() => (isPaper ? [] : troublesOf(state, closedOf(account))));
  const venueOf = account instanceof LiveAccount ? () => venueFacts(account, drilled) : () => followedVenueFacts(account, drilled);
  const venue = once(() => (isPaper ? undefined : venueOf()));
  return {
    state,
    get equity() {
      return equity();
    },
    get reserved() {
      return reserved();
    },
    get troubles() {
      return troubles();
    },
    get venue() {
      return venue();
    },
  };
}

/** Why nothing may enter an account, where this process knows it. */
function closedOf(account: Account): string | undefined {
  return account instanceof LiveAccount && !account.state.venue.removed ? account.closed() : undefined;
}

/** Where the exchange would close what a bot holds, reckoned on the safe side; undefined where it never would. */
export function liquidationOf(account: Account, { position, spec }: BotState): Decimal | undefined {
  const entry = entryPrice(position);
  const rules = account instanceof LiveAccount ? account.rulesOf(spec.symbol) : account.services.market.instruments.get(spec.symbol);
  if (!entry || !rules?.contract) return undefined;
  const side = position.quantity.isNegative() ? "sell" : "buy";
  return liquidationPrice(entry, { side, leverage: spec.leverage ?? 1, leverageMax: rules.contract.leverageMax });
}

function venueFacts({ state, venue }: LiveAccount, drilled: boolean): VenueFacts {
  const clock = venue?.clock();
  return {
    exchangeId: state.exchange ?? "",
    environment: state.mode === "live" ? "live" : "demo",
    protection: venue?.traits.holdsTarget
      ? "stops and targets rest at the exchange; trailing stops are watched by this desk"
      : "stops rest at the exchange; targets and trailing stops are watched by this desk",
    drilled,
    clockOffsetMs: clock?.offsetMs,
    leverageLimit: venue?.traits.kind === "perpetual" ? leverageLimitOf(state) : undefined,
  };
}

/** What its books and its market's rules say of an account that another process has. */
function followedVenueFacts({ state, services }: Account, drilled: boolean): VenueFacts {
  const isPerpetual = [...services.market.instruments.values()].some(({ contract }) => contract !== undefined);
  return {
    exchangeId: state.exchange ?? "",
    environment: state.mode === "live" ? "live" : "demo",
    protection: "stops rest at the exchange; the process that has the account watches the rest",
    drilled,
    clockOffsetMs: undefined,
    leverageLimit: isPerpetual ? leverageLimitOf(state) : undefined,
  };
}

/** What a person should know first, worst first. `closed` is why nothing may enter, where this process knows it. */
function troublesOf(state: AccountState, closed: string | undefined): string[] {
  const troubles: string[] = [];
  for (const { naked, spec } of state.bots.values())
    if (naked)
      troubles.push(`the position of ${spec.name} has had no confirmed stop since ${minuteText(naked.sinceMs)} UTC: ${naked.reason}`);
  if (closed !== undefined) troubles.push(closed);
  if (state.venue.paused) troubles.push(`paused: ${state.venue.paused.reason}`);
  return [...troubles, ...unansweredOf(state), ...orphansOf(state)];
}

function unansweredOf({ orders }: AccountState): string[] {
  const lost = [...orders.values()].filter(({ status }) => status === "unknown");
  if (lost.length === 0) return [];
  const since = minuteText(Math.min(...lost.map(({ sinceMs }) => sinceMs)));
  const stops = lost.every(isProtective) ? "protective order" : "order";
  return [`${lost.length === 1 ? `one ${stops}` : `${lost.length} ${stops}s`} unanswered since ${since} UTC, checking`];
}

function orphansOf({ venue }: AccountState): string[] {
  const quarantined = [...venue.orphans.values()].filter(({ kind }) => kind === "quarantined").length;
  return quarantined === 0
    ? []
    : [`${quarantined} of our orders at the exchange ${quarantined === 1 ? "is" : "are"} explained by nothing and in quarantine`];
}
