import type { PlatformBacklog } from "../../chat/delivery/backlog.ts";
import type { BotStatus } from "../../domain/bot.ts";
import { BREAKER_NAMES } from "../../domain/breaker.ts";
import type { LoopDelay } from "../../ports/clock.ts";
import type { ProcessRole } from "../../ports/cluster.ts";
import type { Family, Sample } from "./exposition.ts";
import type { Observed } from "./observed.ts";
import { MODES, type OrderCount } from "./order-tally.ts";

/** What one address has used of what an exchange takes from it. */
export interface BudgetFacts {
  readonly exchange: string;
  readonly environment: string;
  /** 1 is the exchange's own limit. */
  readonly usedShare: number;
  readonly queued: number;
}

/** What is measured beside the engine's own facts. */
export interface Meters {
  /** A gateway and a desk of one process tell of the whole desk, an engine of the accounts that it has. */
  readonly role: ProcessRole;
  /** Accounts that this process has. */
  accountsHeld(): number;
  /** Slots that have closed here since the start. */
  slots(): number;
  /** Whether anything here reads the process's own market; one that nobody reads stands still. */
  isMarketRead(): boolean;
  /** Milliseconds; undefined where this process has the desk, or has not seen it yet. */
  deskAgeMs(): number | undefined;
  /** Undefined where nothing measures it. */
  loopDelay(): LoopDelay | undefined;
  backlogs(): readonly PlatformBacklog[];
  budgets(): Promise<readonly BudgetFacts[]>;
  orders(): Promise<readonly OrderCount[]>;
}

const MS_PER_SECOND = 1_000;
const STATUSES: readonly BotStatus[] = ["created", "running", "stopping", "stopped", "faulted"];

/** Everything that a monitor is told, each sample with the role of the process. No name of a person, an account or a bot is in it. */
export async function families(observed: Observed, meters: Meters): Promise<readonly Family[]> {
  const all = [
    ...healthFamilies(observed),
    ...riskFamilies(observed),
    ...marketFamilies(observed, meters),
    ...shareFamilies(meters),
    ...(await meterFamilies(meters)),
  ];
  const { role } = meters;
  return all.map(({ samples, ...family }) => ({
    ...family,
    samples: samples.map(({ labels, value }) => ({ labels: { ...labels, role }, value })),
  }));
}

function healthFamilies({ options: { engine, platforms, backings, version } }: Observed): readonly Family[] {
  const { beatAgeMs, storeAgeMs, watchAgeMs, uptimeMs, residentBytes, bots, unknownOrders, problems } = engine.health();
  const statuses = [...new Set([...STATUSES, ...Object.keys(bots)])];
  return [
    gauge("scalpstorm_info", "The version of the desk, as a label.", [{ labels: { version }, value: 1 }]),
    gauge("scalpstorm_problems", "What the engine itself calls a problem; the desk is up at 0.", one(problems.length)),
    gauge("scalpstorm_beat_age_seconds", "Time since the last beat.", seconds(beatAgeMs)),
    gauge("scalpstorm_store_age_seconds", "Time since the store last took a mark of where the desk stands.", seconds(storeAgeMs)),
    gauge("scalpstorm_watch_age_seconds", "Age of the oldest prices that stops are watched by.", seconds(watchAgeMs)),
    gauge("scalpstorm_uptime_seconds", "Time since the start.", seconds(uptimeMs)),
    gauge("scalpstorm_resident_bytes", "Memory of the process.", one(residentBytes)),
    gauge(
      "scalpstorm_bots",
      "Bots by status.",
      statuses.map((status) => ({ labels: { status }, value: bots[status] ?? 0 })),
    ),
    gauge("scalpstorm_unknown_orders", "Orders whose answer was lost and that are looked for.", one(unknownOrders)),
    gauge(
      "scalpstorm_backing_up",
      "1 where what the process leans on beside its store answers, as Redis.",
      backings.map((each) => ({ labels: { backing: each.name }, value: each.trouble() === undefined ? 1 : 0 })),
    ),
    gauge(
      "scalpstorm_platform_reachable",
      "1 where a chat platform can be reached.",
      platforms().map(({ name, reachable }) => ({ labels: { platform: name }, value: reachable ? 1 : 0 })),
    ),
  ];
}

function riskFamilies({ options: { engine, desk, clock } }: Observed): readonly Family[] {
  const open = engine.breakers.all().filter((each) => each.open !== undefined);
  const accounts = engine.accounts().map(({ state }) => state);
  const { halt, bans } = desk.state;
  const perMode = (count: (mode: string) => number) => MODES.map((mode) => ({ labels: { mode }, value: count(mode) }));
  return [
    gauge("scalpstorm_halted", "1 while entries of the whole desk are denied, by a halt or a panic.", one(halt ? 1 : 0)),
    gauge("scalpstorm_panic", "1 while a panic is on.", one(halt?.panic ? 1 : 0)),
    gauge(
      "scalpstorm_breakers_open",
      "Breakers that are open, by what opens them.",
      BREAKER_NAMES.map((breaker) => ({ labels: { breaker }, value: open.filter((each) => each.breaker === breaker).length })),
    ),
    gauge(
      "scalpstorm_accounts",
      "Accounts.",
      perMode((mode) => accounts.filter((each) => each.mode === mode).length),
    ),
    gauge(
      "scalpstorm_accounts_paused",
      "Accounts at exchanges that enter nothing until their pause ends.",
      perMode((mode) => accounts.filter((each) => each.mode === mode && each.venue.paused).length),
    ),
    gauge(
      "scalpstorm_exchange_ban_seconds",
      "How long an exchange still wants silence.",
      [...bans].map(([exchange, { untilMs }]) => ({ labels: { exchange }, value: Math.max(0, untilMs - clock.wall()) / MS_PER_SECOND })),
    ),
  ];
}

function marketFamilies({ options: { engine, clock } }: Observed, meters: Meters): readonly Family[] {
  const { pace, atMs } = engine.market();
  const lag = pace === "live" && meters.isMarketRead() ? seconds(Math.max(0, clock.wall() - atMs)) : [];
  return [
    gauge("scalpstorm_market_lag_seconds", "How far behind the wall clock the newest minute of a live market is; a minute is usual.", lag),
  ];
}

/** What this process does of the work of its desk. */
function shareFamilies(meters: Meters): readonly Family[] {
  const ageMs = meters.deskAgeMs();
  return [
    gauge("scalpstorm_accounts_held", "Accounts that this process has.", one(meters.accountsHeld())),
    counter("scalpstorm_slots_total", "Slots that have closed in this process since it began.", one(meters.slots())),
    gauge(
      "scalpstorm_desk_view_age_seconds",
      "How old what an engine knows of the desk is; beyond a second it enters nothing.",
      seconds(ageMs),
    ),
  ];
}

async function meterFamilies(meters: Meters): Promise<readonly Family[]> {
  const delay = meters.loopDelay();
  const backlogs = meters.backlogs();
  const budgets = await meters.budgets();
  const orders = await meters.orders();
  const places = (value: (backlog: PlatformBacklog) => number) =>
    backlogs.map((backlog) => ({ labels: { platform: backlog.platform }, value: value(backlog) }));
  const used = (value: (budget: BudgetFacts) => number) =>
    budgets.map((budget) => ({ labels: { exchange: budget.exchange, environment: budget.environment }, value: value(budget) }));
  const late = (quantile: string, delayMs: number) => ({ labels: { quantile }, value: delayMs / MS_PER_SECOND });
  const delays = delay ? [late("0.5", delay.medianMs), late("0.99", delay.p99Ms), late("1", delay.maxMs)] : [];
  return [
    gauge("scalpstorm_event_loop_delay_seconds", "How late the process ran its timers since the last reading.", delays),
    gauge(
      "scalpstorm_delivery_waiting",
      "Alerts that wait to be delivered now; what quiet hours hold is not counted.",
      places((each) => each.waiting),
    ),
    gauge(
      "scalpstorm_delivery_lag_seconds",
      "How long the oldest of them has waited.",
      places((each) => each.oldestMs / MS_PER_SECOND),
    ),
    gauge(
      "scalpstorm_venue_weight_used_ratio",
      "Request weight of this address as share of the exchange's own limit.",
      used((each) => each.usedShare),
    ),
    gauge(
      "scalpstorm_venue_requests_waiting",
      "Requests that wait for room in that budget.",
      used((each) => each.queued),
    ),
    counter(
      "scalpstorm_order_events_total",
      "What happened to orders since this process began; filled counts executions, denied what our own risk check refused.",
      orders.map(({ mode, event, count }) => ({ labels: { mode, event }, value: count })),
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: "gauge", samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: "counter", samples };
}

function one(value: number): readonly Sample[] {
  return [{ value }];
}

function seconds(spanMs: number | undefined): readonly Sample[] {
  return spanMs === undefined ? [] : one(spanMs / MS_PER_SECOND);
}
