import { z } from "zod";
import { ALERT_KINDS } from "../../../domain/events.ts";

/** What a program may be told of as it happens. */
export const TOPICS = ["fills", "bots", "alerts", "equity"] as const;
export type Topic = (typeof TOPICS)[number];

const mode = z.enum(["paper", "demo", "live"]);
const money = z.string().meta({ description: "A decimal number, exact" });
const cursors = z
  .record(z.string().max(200), z.int().nonnegative())
  .meta({ description: "By stream, the sequence up to which everything was told" });

/** The one message that a program sends. */
export const subscription = z
  .strictObject({
    type: z.literal("subscribe"),
    topics: z.array(z.enum(TOPICS)).min(1).meta({ description: "What to be told of" }),
    after: cursors.optional().meta({
      description:
        "The cursors that were kept: everything after them is told, of streams that are not named everything. Without it, what happens from now on.",
    }),
  })
  .meta({ title: "subscribe" });
export type Subscription = z.output<typeof subscription>;

const fill = z.object({
  ...{ bot: z.string(), bot_id: z.string(), account: z.string(), mode, inst_id: z.string() },
  fill_id: z.string(),
  side: z.enum(["buy", "sell"]),
  purpose: z.enum(["entry", "exit", "stop", "take", "close", "panic"]),
  ...{ price: money, quantity: money, fee: money, fee_currency: z.string() },
  realized: money.nullable().meta({ description: "Result of this fill in quote after its fee; null where it opened" }),
  result: money.nullable().meta({ description: "The same less its share of the fees that opening had cost: what the trade made" }),
  position_quantity: money.meta({
    description: "What the bot holds after it. A bot that was `stopping` is `stopped` with the fill that makes it 0",
  }),
  reason: z.string(),
});

const botStatus = z.object({
  ...{ bot: z.string(), bot_id: z.string(), account: z.string(), mode, inst_id: z.string() },
  status: z.enum(["created", "running", "stopping", "stopped", "faulted", "deleted"]),
  reason: z.string().nullable(),
});

const alert = z.object({
  kind: z.enum(ALERT_KINDS),
  critical: z.boolean(),
  bot: z.string().nullable(),
  title: z.string(),
  tone: z.enum(["plain", "good", "bad", "warning"]),
  lines: z.array(z.string()),
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
});

const happened = z
  .object({
    type: z.literal("event"),
    stream: z.string(),
    sequence: z.int().meta({ description: "Grows within its stream; there is one message for each" }),
    at: z.string().meta({ description: "When it was written down, in UTC" }),
    market_at: z.string().meta({ description: "The same in the time of the market" }),
    fill: fill.optional(),
    bot: botStatus.optional(),
    alert: alert.optional(),
  })
  .meta({ title: "event" });
export type Happened = z.output<typeof happened>;

const equity = z
  .object({
    type: z.literal("equity"),
    at: z.string(),
    accounts: z.array(z.object({ account: z.string(), mode, currency: z.string(), equity: money.nullable() })),
  })
  .meta({
    title: "equity",
    description: "Accounts whose equity is another one than told before. A state and no event: only the newest is told.",
  });
export type EquityTold = z.output<typeof equity>;

const subscribed = z.object({ type: z.literal("subscribed"), topics: z.array(z.enum(TOPICS)), cursors }).meta({ title: "subscribed" });
const reached = z
  .object({ type: z.literal("reached"), cursors })
  .meta({ title: "reached", description: "Everything up to these cursors was told, also where nothing in it was worth a message" });

/** Every message that a program gets. */
export const told = z.union([subscribed, happened, equity, reached]);
export type Told = z.output<typeof told>;

/** Why a connection is closed by the desk, by its code. */
export const CLOSED = {
  stopping: { code: 1001, reason: "The desk stops. Connect again in a moment, with your cursors." },
  unclear: { code: 4400, reason: "Expected one subscribe message; see docs/api.md." },
  ended: { code: 4401, reason: "The token has expired, or its rights have ended." },
  silent: { code: 4408, reason: "No subscribe message came." },
  ahead: { code: 4409, reason: "A cursor is ahead of its stream: the store is an older one. Begin without cursors." },
  slow: { code: 4429, reason: "Reads too slowly. Connect again with your cursors; nothing is lost." },
} as const;
export type Closing = (typeof CLOSED)[keyof typeof CLOSED];
