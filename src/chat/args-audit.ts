import type { NotedLink } from "../ports/audit.ts";
import { argument } from "./arg-meta.ts";
import { nameOf } from "./args.ts";

/** What the desk's own records are called beside those of accounts. */
export const DESK_RECORDS = "desk";

/** A bot or a group, where a command shows what there is of it and needs no right on it. */
export const botFilter = argument<string>(
  { kind: "text", source: "bots", freeText: true, example: "dip" },
  "the name of a bot or a group",
  nameOf,
);

/** An order by our own id, working or ended. */
export const orderId = argument<string>(
  { kind: "text", freeText: true, example: "s5k2m8q1" },
  "the id of an order such as s5k2m8q1",
  (text) => (/^[\w-]{1,40}$/.test(text) ? text : undefined),
);

/** The head of a chain as `audit verify` shows it. */
export const chainHead = argument<NotedLink>(
  { kind: "text", freeText: true, example: "desk@120:Vb8wQ1x7Lk2mZ9aT" },
  "a head as `audit verify` shows it, such as desk@120:Vb8wQ1x7Lk2mZ9aT",
  (text) => {
    const [, stream, digits = "", link = ""] = /^([\w:.+-]{1,120})@(\d{1,12}):([\w-]{8,43})$/.exec(text) ?? [];
    const sequence = Number(digits);
    if (stream === undefined || sequence < 1) return undefined;
    return { account: stream === DESK_RECORDS ? undefined : stream, sequence, link };
  },
);
