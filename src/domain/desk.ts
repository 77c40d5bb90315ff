import type { SeenAnomaly } from "./anomaly.ts";
import type { BacktestRecord } from "./backtest.ts";
import { newChannel, periodicOf, toldDigest } from "./channels.ts";
import {
  type ApiToken,
  apiUser,
  type Channel,
  type DoneCommand,
  type Grant,
  type RegisteredAccount,
  type RegisteredBot,
  registeredAccount,
  registeredBot,
} from "./desk-facts.ts";
import type { CrashReport, DeskEvent, Recorded } from "./events.ts";
import { type AlertFact, applyAlertFact, endAlertsAt } from "./fold-alerts.ts";
import { applyDeskRisk, type DeskRisk, type DeskRiskFact } from "./fold-desk-risk.ts";
import { applyUnwatched, type Unwatched, type UnwatchedFact } from "./fold-unwatched.ts";
import type { Decimal } from "./money.ts";
import type { RuleAlert } from "./rule-alerts.ts";
import type { SealedKey } from "./sealed.ts";
import { type MarketMs, marketMs, type WallMs } from "./time.ts";

const REQUESTS_MAX = 1_000;
const RESUMED: DoneCommand = { path: "system resume", args: {}, result: "entries are allowed again" };
/** Backtests that are remembered; each is a few kilobytes. */
const BACKTESTS_MAX = 30;
/** Anomalies that are remembered. */
export const ANOMALIES_MAX = 50;
/** Starts that are remembered to tell a crash loop. */
const STARTS_MAX = 20;

/** What the whole desk shares: people, channels, who owns which bot, halts. A fold of the desk stream. */
export interface DeskState extends Unwatched, DeskRisk {
  claimed: boolean;
  grants: Grant[];
  channels: Map<string, Channel>;
  accounts: Map<string, RegisteredAccount>;
  bots: Map<string, RegisteredBot>;
  botsEver: number;
  /** Why entries are denied, and where the market stood then. With `panic` every position is to be sold, too, also after a restart. */
  halt: { reason: string; untilMs: WallMs | undefined; by: string; panic: boolean; marketMs?: MarketMs } | undefined;
  /** Starts and how they ended; the last one is the running process. */
  starts: { wallMs: WallMs; stopped: boolean }[];
  lastWallMs: WallMs | undefined;
  lastCrash: CrashReport | undefined;
  /** Until when exchanges send our address away, by exchange. */
  bans: Map<string, { readonly untilMs: WallMs; readonly reason: string }>;
  /** The most that live accounts may hold at risk, where a person has lowered it below the process setting. */
  ceiling: Decimal | undefined;
  /** Exchanges where a drill has run. */
  drilled: string[];
  /** Newest last. */
  backtests: BacktestRecord[];
  backtestsEver: number;
  /** Rules that somebody wants to be told of, by id. */
  alerts: Map<string, RuleAlert>;
  alertsEver: number;
  /** Newest last. */
  anomalies: SeenAnomaly[];
  /** Seeds of one-time codes by user, sealed. */
  factors: Map<string, SealedKey>;
  /** The same person on another platform: each user by the first one that they linked to. */
  links: Map<string, string>;
  /** Users whose rights are ended until an admin gives them back. */
  locked: string[];
  /** Tokens of the API by name, also expired ones. */
  tokens: Map<string, ApiToken>;
  /** Commands that were done, by request id, oldest first; their arguments as the audit keeps them. */
  results: Map<string, DoneCommand>;
  sequence: number;
  marketMs: MarketMs;
}

/** The desk before its first event: unclaimed, and with nothing in it. */
export function emptyDesk(): DeskState {
  return {
    claimed: false,
    grants: [],
    channels: new Map(),
    accounts: new Map(),
    bots: new Map(),
    botsEver: 0,
    halt: undefined,
    blind: undefined,
    unplaced: undefined,
    starts: [],
    lastWallMs: undefined,
    lastCrash: undefined,
    bans: new Map(),
    ceiling: undefined,
    limits: new Map(),
    breakers: new Map(),
    resets: new Map(),
    locks: new Map(),
    drilled: [],
    backtests: [],
    backtestsEver: 0,
    alerts: new Map(),
    alertsEver: 0,
    anomalies: [],
    factors: new Map(),
    links: new Map(),
    locked: [],
    tokens: new Map(),
    results: new Map(),
    sequence: 0,
    marketMs: marketMs(0),
  };
}

/** Folds one event of the desk's stream into it. Throws where an event is missing before it. */
export function applyDeskEvent(state: DeskState, recorded: Recorded<DeskEvent>): void {
  if (recorded.sequence !== state.sequence + 1)
    throw new Error(`expected event ${state.sequence + 1} of the desk, found ${recorded.sequence}`);
  state.sequence = recorded.sequence;
  state.marketMs = marketMs(Math.max(state.marketMs, recorded.marketMs));
  state.lastWallMs = recorded.wallMs;
  const { event } = recorded;
  switch (event.type) {
    case "desk-started":
      state.starts.push({ wallMs: recorded.wallMs, stopped: false });
      if (state.starts.length > STARTS_MAX) state.starts.shift();
      state.lastCrash = event.crash;
      if (event.safe && !state.halt?.panic)
        state.halt = { reason: `started safe: ${event.crash?.cause ?? "repeated crashes"}`, untilMs: undefined, by: "desk", panic: false };
      return;
    case "desk-stopped": {
      const start = state.starts.at(-1);
      if (start) start.stopped = true;
      return;
    }
    case "watch-blind":
    case "watch-sees":
    case "accounts-unplaced":
    case "accounts-placed":
      return applyUnwatched(state, event);
    case "halted":
      state.halt = { reason: event.reason, untilMs: event.untilMs, by: event.by, panic: event.panic, marketMs: recorded.marketMs };
      return;
    case "resumed":
      state.halt = undefined;
      if (recorded.requestId !== undefined) remember(state, recorded.requestId, RESUMED);
      return;
    case "account-registered":
      state.accounts.set(event.account, registeredAccount(event));
      return;
    case "account-unregistered":
      state.accounts.delete(event.account);
      return;
    case "venue-banned":
      // An exchange's worlds are banned apart; a start keeps silent for the longest of them.
      if (event.untilMs > (state.bans.get(event.exchange)?.untilMs ?? 0))
        state.bans.set(event.exchange, { untilMs: event.untilMs, reason: event.reason });
      return;
    case "ceiling-lowered":
      state.ceiling = event.amount;
      return;
    case "limits-set":
    case "breaker-set":
    case "reset-asked":
    case "entries-locked":
    case "entries-unlocked":
      return applyDeskRisk(state, event);
    case "drill-done":
      if (!state.drilled.includes(event.exchange)) state.drilled.push(event.exchange);
      return;
    case "backtest-done":
      state.backtestsEver += 1;
      state.backtests.push(event.record);
      if (state.backtests.length > BACKTESTS_MAX) state.backtests.shift();
      return;
    case "alert-added":
    case "alert-removed":
    case "alert-fired":
    case "alert-rested":
      return applyAlertFact(state, event);
    case "anomaly-seen":
      state.anomalies.push(event.anomaly);
      if (state.anomalies.length > ANOMALIES_MAX) state.anomalies.shift();
      return;
    case "bot-registered":
      state.botsEver += 1;
      state.bots.set(event.botId, registeredBot(event, recorded));
      return;
    case "bot-unregistered":
      state.bots.delete(event.botId);
      return;
    case "command-done":
      if (recorded.requestId !== undefined) remember(state, recorded.requestId, event);
      return;
    default:
      return applyPeopleFact(state, event);
  }
}

function remember(state: DeskState, requestId: string, { path, args, result }: DoneCommand): void {
  state.results.set(requestId, { path, args, result });
  const [oldest] = state.results.keys();
  if (state.results.size > REQUESTS_MAX && oldest !== undefined) state.results.delete(oldest);
}

type HandledAbove =
  | "desk-started"
  | "desk-stopped"
  | UnwatchedFact["type"]
  | "halted"
  | "resumed"
  | "account-registered"
  | "account-unregistered"
  | "venue-banned"
  | "ceiling-lowered"
  | DeskRiskFact["type"]
  | "drill-done"
  | "backtest-done"
  | AlertFact["type"]
  | "anomaly-seen"
  | "bot-registered"
  | "bot-unregistered"
  | "command-done";
type PeopleFact = Exclude<DeskEvent, { type: HandledAbove }>;

function applyPeopleFact(state: DeskState, event: PeopleFact): void {
  switch (event.type) {
    case "desk-claimed":
      state.claimed = true;
      state.grants.push({ user: event.user, role: "admin", scope: "desk" });
      return;
    case "access-granted":
      state.grants = state.grants.filter(({ user, scope }) => user !== event.user || scope !== event.scope);
      state.grants.push({ user: event.user, role: event.role, scope: event.scope });
      return;
    case "access-revoked":
      state.grants = state.grants.filter(({ user, scope }) => user !== event.user || (event.scope !== "all" && scope !== event.scope));
      return;
    case "factor-enrolled":
      state.factors.set(event.user, event.sealed);
      return;
    case "user-linked":
      state.links.set(event.user, event.to);
      return;
    case "access-locked":
      // A list of its own also for who is locked already: whoever unlocks them in the same moment can see it.
      state.locked = [...state.locked.filter((user) => user !== event.user), event.user];
      return;
    case "access-unlocked":
      state.locked = state.locked.filter((user) => user !== event.user);
      return;
    case "token-made":
      state.tokens.set(event.name, { name: event.name, role: event.role, hash: event.hash, expiresMs: event.expiresMs });
      state.links.set(apiUser(event.name), event.user);
      return;
    case "token-revoked":
      state.tokens.delete(event.name);
      state.links.delete(apiUser(event.name));
      return;
    case "channel-subscribed": {
      const before = state.channels.get(event.place);
      state.channels.set(event.place, { ...(before ?? newChannel(event.place)), kinds: event.kinds });
      return;
    }
    case "channel-unsubscribed":
      state.channels.delete(event.place);
      endAlertsAt(state, event.place);
      return;
    case "channel-digest-set": {
      const before = state.channels.get(event.place) ?? newChannel(event.place);
      if (event.period) {
        state.channels.set(event.place, { ...before, periodic: periodicOf(before, event, event.period, state.marketMs) });
        return;
      }
      const digest = event.at === undefined ? undefined : { at: event.at, timeZone: event.timeZone, setMs: state.marketMs };
      state.channels.set(event.place, { ...before, digest });
      return;
    }
    case "channel-quiet-set": {
      const before = state.channels.get(event.place);
      const quiet = event.hours && { ...event.hours, timeZone: event.timeZone };
      if (before) state.channels.set(event.place, { ...before, quiet });
      return;
    }
    case "digest-due": {
      const before = state.channels.get(event.place);
      if (before) state.channels.set(event.place, toldDigest(before, event));
      return;
    }
    case "access-denied":
    case "platform-failed":
    case "advice-lost":
    case "advice-back":
      return;
  }
}
