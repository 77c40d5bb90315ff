import type { SeenAnomaly } from "../domain/anomaly.ts";
import type { BotSpec } from "../domain/bot.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import { plain } from "../domain/money.ts";
import type { DayItem, INCIDENTS, ReportedBot, ReportItem } from "./contract.ts";
import { markOf } from "./marks.ts";

type What = (typeof INCIDENTS)[number];
type Event = Recorded<AccountEvent | DeskEvent>;

/** What an item is made from beside its event. Answers the same for an event whenever it is asked, so that a repeat is equal. */
export interface ItemSources {
  readonly desk: string;
  /** A bot's spec by id, deleted bots included. */
  readonly specOf: (botId: string) => BotSpec | undefined;
  readonly dayOf: (stream: string, event: Extract<AccountEvent, { type: "day-started" }>, marketMs: number) => DayFacts | undefined;
}

/** What a day that began tells, without what every item has. */
export type DayFacts = Omit<DayItem, "kind" | "id" | "marketMs" | "wallMs" | "account">;

/** What an event is to the service; undefined when it is nothing. Reads named fields only, so that what is added to an event later stays here. */
export function itemOf(stream: string, recorded: Event, sources: ItemSources): ReportItem | undefined {
  const { sequence, marketMs, wallMs, event } = recorded;
  const account = stream === "desk" ? {} : { account: markOf(sources.desk, stream) };
  const common = {
    id: `${markOf(sources.desk, stream)}-${sequence}`,
    marketMs: Math.trunc(marketMs),
    wallMs: Math.trunc(wallMs),
    ...account,
  };
  if (event.type === "day-started") {
    const day = sources.dayOf(stream, event, marketMs);
    return day && { kind: "day", ...common, ...day };
  }
  if (event.type === "order-filled") {
    const bot = botOf(event.botId, sources);
    const { fill, purpose, after } = event;
    return (
      bot && {
        kind: "execution",
        ...common,
        bot,
        orderId: fill.clientOrderId,
        fillId: fill.fillId,
        side: fill.side,
        purpose,
        price: plain(fill.price),
        quantity: plain(fill.quantity),
        fee: plain(fill.fee),
        feeCurrency: fill.feeCurrency,
        positionQuantity: plain(after.positionQuantity),
        realized: after.realized === undefined ? null : plain(after.realized),
      }
    );
  }
  if (event.type === "wish-denied") {
    const bot = botOf(event.botId, sources);
    return bot && { kind: "denial", ...common, bot, code: codeOf(event.code) };
  }
  if (event.type === "anomaly-seen") return { kind: "anomaly", ...common, ...anomalyOf(event.anomaly, sources) };
  const incident = incidentOf(event);
  if (incident === undefined) return undefined;
  const bot = "botId" in event && typeof event.botId === "string" ? botOf(event.botId, sources) : undefined;
  return { kind: "incident", ...common, ...incident, ...(bot === undefined ? {} : { bot }) };
}

/** What went wrong or came right again. Reasons are left out: people, strategies and exchanges write them. */
function incidentOf(event: AccountEvent | DeskEvent): { what: What; code?: string } | undefined {
  switch (event.type) {
    case "order-rejected":
      return { what: event.type, code: codeOf(event.cause ?? "other") };
    case "breaker-tripped":
      return { what: event.type, code: codeOf(event.breaker) };
    case "account-paused":
      return { what: event.type, code: codeOf(event.code) };
    case "halted":
      return { what: event.type, code: event.panic ? "panic" : "halt" };
    case "desk-started":
      return event.crash === undefined ? { what: "desk-started" } : { what: "desk-crashed" };
    case "platform-failed":
      return { what: event.type, code: codeOf(event.platform) };
    case "venue-banned":
      return { what: event.type, code: codeOf(event.exchange) };
    case "order-unknown":
    case "bot-faulted":
    case "account-resumed":
    case "position-naked":
    case "position-protected":
    case "watch-blind":
    case "watch-sees":
    case "process-gone":
    case "accounts-unplaced":
    case "accounts-placed":
    case "resumed":
    case "panic-started":
    case "panic-stalled":
    case "panic-finished":
    case "desk-stopped":
      return { what: event.type };
    default:
      return undefined;
  }
}

/** Its numbers, and what it is of. */
function anomalyOf({ series, subject, value, usual, spread, limit, samples }: SeenAnomaly, sources: ItemSources) {
  const numbers = { series, value, usual, spread, limit, samples };
  if (subject.kind === "symbol") return { ...numbers, symbol: subject.symbol };
  if (subject.kind === "account") return { ...numbers, account: markOf(sources.desk, `account:${subject.account}`) };
  const bot = botOf(subject.botId, sources);
  return { ...numbers, ...(bot === undefined ? {} : { bot }) };
}

function botOf(botId: string, { specOf }: ItemSources): ReportedBot | undefined {
  const spec = specOf(botId);
  return spec && { id: botId, name: spec.name, symbol: spec.symbol, strategy: spec.strategy, mode: spec.mode };
}

/** A code of ours as the contract takes it; anything that does not look like one is not told. */
function codeOf(code: string): string {
  return /^[a-z][a-z0-9-]{0,39}$/i.test(code) ? code : "other";
}
