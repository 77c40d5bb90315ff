import type { AccountState } from "../../domain/books.ts";
import { BOT_NAME } from "../../domain/bot.ts";
import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import { type Decimal, ZERO } from "../../domain/money.ts";
import { isFlat } from "../../domain/position.ts";
import type { Clock } from "../../ports/clock.ts";
import type { NewAccount } from "../../ports/engine.ts";
import type { Balance, Environment, KeyFacts, LiveVenue } from "../../ports/live-venue.ts";
import type { Credentials, Vault } from "../../ports/vault.ts";
import { find } from "./ask.ts";

/** What a venue is opened with. */
export interface VenueSpec {
  readonly exchangeId: string;
  readonly environment: Environment;
  readonly credentials: Credentials;
  /** Our address is sent away until then, as an earlier process was told. */
  readonly bannedUntilMs: number | undefined;
  /** The exchange sends our address away. */
  readonly onBan: (untilMs: number, reason: string) => void;
  /** Why no request that changes anything may leave any more: asked once it is signed, so that what waited since then is too old for the exchange. */
  readonly barred: () => string | undefined;
}

/** How accounts at real exchanges are opened: the sealed keys, and the exchanges that are supported. */
export interface LiveOpening {
  readonly vault: Vault;
  readonly exchanges: readonly string[];
  /** Throws UserError where the exchange has no such environment. */
  readonly openVenue: (spec: VenueSpec) => Promise<LiveVenue>;
}

/** Coins that an account may be valued in, the first one held counts. */
const CURRENCIES: readonly string[] = ["USDT", "USD", "USDC"];

/** Whether an account may be connected under that name and exchange at all; throws UserError otherwise. */
export function checkNewAccount({ name, exchangeId, environment }: NewAccount, { exchanges, vault }: LiveOpening): void {
  if (!BOT_NAME.test(name))
    throw new UserError(`An account's name is 1 to 32 lower-case letters, digits and dashes and begins with a letter. Choose another one.`);
  if (!exchanges.includes(exchangeId))
    throw new UserError(`Accounts can be connected at ${exchanges.join(", ")}, not at ${exchangeId.slice(0, 40)}.`);
  if (exchangeId === "binanceus" && environment === "demo")
    throw new UserError("Binance.US has no demo environment. Try your bot on paper, or connect a demo account at binance or blofin.");
  if (vault.locked !== undefined) throw new UserError(vault.locked);
}

/** Refuses a key that may take money away, or whose rights cannot be read unless that was acknowledged. */
export function checkRights(rights: KeyFacts, exchangeId: string, acknowledged: boolean): void {
  const grown = [rights.withdraw ? "withdraw" : undefined, rights.transfer ? "transfer" : undefined].filter((right) => right !== undefined);
  if (grown.length > 0)
    throw new UserError(
      `This key may ${grown.join(" and ")}. Make one at ${exchangeName(exchangeId)} that may only read and trade, and connect that: a desk never needs more.`,
    );
  if (rights.mayOrder === false)
    throw new UserError(`This key may not trade. Allow trading for it at ${exchangeName(exchangeId)}, then connect it again.`);
  const untold = [
    rights.withdraw === undefined ? "withdraw" : undefined,
    rights.transfer === undefined ? "transfer" : undefined,
    rights.mayOrder === undefined ? "trade" : undefined,
  ].filter((right) => right !== undefined);
  if (untold.length > 0 && !acknowledged)
    throw new UserError(
      `${exchangeName(exchangeId)} does not tell whether this key may ${orText(untold)}. Look it up there; when it may only read and trade, send the command again with acknowledge:yes.`,
    );
}

/** What was read of a new account. */
export interface FirstReading {
  readonly rights: KeyFacts;
  readonly balances: ReadonlyMap<string, Decimal>;
  readonly currency: string;
  /** The exchange's time when they had been read. */
  readonly venueMs: number;
}

/** Reads clock, rights and balances of a key that has never been used here. Throws UserError in one sentence. */
export async function firstReading(venue: LiveVenue, wish: NewAccount, clock: Clock): Promise<FirstReading> {
  try {
    await venue.syncClock();
    const rights = await venue.checkKey();
    checkRights(rights, wish.exchangeId, wish.acknowledged);
    const balances = totals(await venue.balances());
    const currency = CURRENCIES.find((coin) => balances.get(coin)?.isGreaterThan(0)) ?? CURRENCIES[0] ?? "USDT";
    return { rights, balances, currency, venueMs: clock.wall() + (venue.clock()?.offsetMs ?? 0) };
  } catch (failure) {
    if (!(failure instanceof TransientError)) throw failure;
    throw new UserError(
      `${exchangeName(wish.exchangeId)} did not answer (${messageOf(failure)}). Nothing was kept; try again in a moment.`,
      {
        cause: failure,
      },
    );
  }
}

/** Orders that another key must show before it may look after what is held or unanswered: what the exchange has taken it shows to every key of one account. */
const KNOWN_ASKED_MAX = 3;

/** Throws UserError where a key is of an account that knows none of the orders which the exchange took for what is held or works. */
export async function checkSameAccount(state: AccountState, venue: LiveVenue): Promise<void> {
  const concerned = new Set([...state.orders.values()].map(({ symbol }) => symbol));
  for (const { spec, position } of state.bots.values()) if (!isFlat(position)) concerned.add(spec.symbol);
  const taken = [...state.venue.closed.values(), ...state.orders.values()].filter(
    ({ symbol, venueOrderIds }) => concerned.has(symbol) && venueOrderIds !== undefined,
  );
  const asked = taken.slice(-KNOWN_ASKED_MAX).reverse();
  for (const order of asked) {
    const reading = await find(venue, order);
    if (reading.kind === "found") return;
    if (reading.kind === "no-reading")
      throw new UserError(
        `${exchangeName(venue.exchangeId)} did not say whether this key is of the same account (${reading.reason}). Nothing was changed; try again in a moment.`,
      );
  }
  if (asked.length === 0) return;
  throw new UserError(
    `This key is of another account at ${exchangeName(venue.exchangeId)}: it knows none of the orders of what ${state.account} holds. Connect a key of the same account, or this one under another name.`,
  );
}

/** The events that open an account's books, or give it another key. */
export async function keyEvents(wish: NewAccount, first: FirstReading, vault: Vault): Promise<AccountEvent> {
  const { apiKey, secret, passphrase } = wish.credentials;
  const sealed = await vault.seal(purposeOf(wish.name), { apiKey, secret, ...(passphrase ? { passphrase } : {}) });
  return { type: "key-set", sealed, enteredBy: wish.enteredBy, rights: first.rights, acknowledged: wish.acknowledged };
}

/** The event that opens an account's books, with the balances and the venue's time that were read first. */
export function openedEvent(wish: NewAccount, owner: string, market: string, first: FirstReading): AccountEvent {
  const balances = new Map([[first.currency, first.balances.get(first.currency) ?? ZERO], ...first.balances]);
  const { name, environment, exchangeId } = wish;
  return {
    type: "account-opened",
    account: name,
    owner,
    mode: environment,
    market,
    exchange: exchangeId,
    currency: first.currency,
    balances,
    venueMs: first.venueMs,
  };
}

/** The credentials of an account out of its books. Throws UserError where they cannot be opened. */
export async function credentialsOf(state: AccountState, vault: Vault): Promise<Credentials> {
  const { key } = state.venue;
  if (!key) throw new UserError(`The account ${state.account} has no key. Connect it again.`);
  const { apiKey, secret, passphrase } = await vault.open(purposeOf(state.account), key.sealed);
  if (!apiKey || !secret) throw new UserError(`The sealed key of ${state.account} is not whole. Connect it again.`);
  return { apiKey, secret, ...(passphrase ? { passphrase } : {}) };
}

function totals(balances: ReadonlyMap<string, Balance>): Map<string, Decimal> {
  return new Map([...balances].map(([coin, { free, locked }]) => [coin, free.plus(locked)]));
}

/** Binds a sealed key to its account. */
export function purposeOf(account: string): string {
  return `account:${account}`;
}

function orText(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
