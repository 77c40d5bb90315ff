import { alertOf } from "../../../chat/alerts.ts";
import type { BotSpec } from "../../../domain/bot.ts";
import type { DeskState } from "../../../domain/desk.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../../../domain/events.ts";
import { type Decimal, plain } from "../../../domain/money.ts";
import { instIdOf } from "../symbols.ts";
import type { Happened, Topic } from "./messages.ts";
import type { Sight } from "./sight.ts";

export interface Telling {
  readonly topics: ReadonlySet<Topic>;
  readonly sight: Sight;
  /** A bot's spec by id, deleted bots included. */
  readonly specOf: (botId: string) => BotSpec | undefined;
  readonly desk: Pick<DeskState, "accounts">;
}

/** The one message that an event is to a program, or undefined where it is none of its business. Pure: the streams say everything. */
export function tellingOf(stream: string, recorded: Recorded<AccountEvent | DeskEvent>, telling: Telling): Happened | undefined {
  const { topics } = telling;
  const { event, sequence, wallMs, marketMs } = recorded;
  const facts = {
    ...(topics.has("fills") ? fillOf(event, telling) : {}),
    ...(topics.has("bots") ? statusOf(event, telling) : {}),
    ...(topics.has("alerts") ? alertFor(stream, recorded, telling) : {}),
  };
  if (Object.keys(facts).length === 0) return undefined;
  return { type: "event", stream, sequence, at: new Date(wallMs).toISOString(), market_at: new Date(marketMs).toISOString(), ...facts };
}

type Facts = Pick<Happened, "fill" | "bot" | "alert">;

function fillOf(event: AccountEvent | DeskEvent, telling: Telling): Facts {
  if (event.type !== "order-filled") return {};
  const spec = seen(event.botId, telling);
  if (spec === undefined) return {};
  const { fill, purpose, reason, after } = event;
  return {
    fill: {
      ...whichBot(spec),
      ...{ fill_id: fill.fillId, side: fill.side, purpose, price: plain(fill.price), quantity: plain(fill.quantity) },
      ...{ fee: plain(fill.fee), fee_currency: fill.feeCurrency, realized: digits(after.realized) },
      result: digits(after.result ?? after.realized),
      ...{ position_quantity: plain(after.positionQuantity), reason },
    },
  };
}

function statusOf(event: AccountEvent | DeskEvent, telling: Telling): Facts {
  const change = changeOf(event);
  const spec = change && seen(change.botId, telling);
  return spec === undefined || change === undefined
    ? {}
    : { bot: { ...whichBot(spec), status: change.status, reason: change.reason || null } };
}

interface Change {
  readonly botId: string;
  readonly status: NonNullable<Happened["bot"]>["status"];
  readonly reason?: string;
}

function changeOf(event: AccountEvent | DeskEvent): Change | undefined {
  switch (event.type) {
    case "bot-created":
      return { botId: event.bot.id, status: "created" };
    case "bot-started":
      return { botId: event.botId, status: "running" };
    case "bot-stopped":
      return { botId: event.botId, status: event.closing ? "stopping" : "stopped", reason: event.reason };
    case "bot-faulted":
      return { botId: event.botId, status: "faulted", reason: event.reason };
    case "bot-deleted":
      return { botId: event.botId, status: "deleted" };
    default:
      return undefined;
  }
}

/** What was asked for in one place of a chat is for that place. */
function alertFor(stream: string, recorded: Recorded<AccountEvent | DeskEvent>, { sight, specOf, desk }: Telling): Facts {
  const alert = alertOf(stream, recorded, specOf, (name) => desk.accounts.get(name));
  if (alert === undefined || alert.digestFor !== undefined || alert.onlyFor !== undefined) return {};
  const spec = alert.botId === undefined ? undefined : specOf(alert.botId);
  if (!sight.whole(stream) && !(spec !== undefined && sight.bot(spec))) return {};
  const { kind, critical, view } = alert;
  const { title, tone, lines, fields } = view;
  return {
    alert: {
      ...{ kind, critical, bot: spec?.name ?? null, title, tone, lines: [...lines] },
      fields: fields.map(({ name, value }) => ({ name, value })),
    },
  };
}

function seen(botId: string, { sight, specOf }: Telling): BotSpec | undefined {
  const spec = specOf(botId);
  return spec !== undefined && sight.bot(spec) ? spec : undefined;
}

function whichBot({ id, name, account, mode, symbol }: BotSpec) {
  return { bot: name, bot_id: id, account, mode, inst_id: instIdOf(symbol) };
}

function digits(value: Decimal | undefined): string | null {
  return value === undefined ? null : plain(value);
}
