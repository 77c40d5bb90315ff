import { createHash } from "node:crypto";
import { fromJson, toJson } from "../../domain/money.ts";
import type { DeliveryRow } from "../../ports/store.ts";
import type { Alert } from "../alerts-shape.ts";

/** Where an alert stands in a stream, and in what order it must stay. */
interface Standing {
  readonly stream: string;
  readonly sequence: number;
  /** Alerts of one lane keep their order: the bot, or the stream for what concerns no bot. */
  readonly lane: string;
  /** A critical alert goes out after the ordinary ones of its lane up to this sequence. */
  readonly afterSequence: number;
  /** The channel for which it came here, because that one cannot be reached. */
  readonly failoverFor?: string;
}

interface Body extends Standing {
  readonly alert: Alert;
  /** Where it was handed to, and whether that is sure. */
  readonly handedTo?: { readonly place: string; readonly sure: boolean };
}

/** One ledger row in memory. */
export interface Entry extends Standing {
  readonly key: string;
  readonly alert: Alert;
  readonly wallMs: number;
  status: DeliveryRow["status"];
  attempts: number;
  messageId: string | undefined;
  /** An earlier try may have arrived: the next one says so. */
  mayHaveArrived: boolean;
  handedTo: Body["handedTo"];
  /** The platform's id of a message whose send was given up waiting for, should it come after all. */
  lateId: string | undefined;
}

/** An alert that waits to be sent and was not tried yet. Its key is equal on every repeat, for it follows from where the alert stands. */
export function newEntry(standing: Standing, alert: Alert, wallMs: number): Entry {
  const { stream, sequence, failoverFor } = standing;
  const key = `${stream}#${sequence}${failoverFor === undefined ? "" : ` for ${failoverFor}`}`;
  return {
    ...standing,
    key,
    alert,
    wallMs,
    status: "waiting",
    attempts: 0,
    messageId: undefined,
    mayHaveArrived: false,
    handedTo: undefined,
    lateId: undefined,
  };
}

/** An entry as the ledger keeps it; `entryOf` reads it back after a restart. */
export function rowOf(entry: Entry): DeliveryRow {
  const { key, wallMs, status, attempts, messageId, alert, stream, sequence, lane, afterSequence, failoverFor, handedTo } = entry;
  const body: Body = {
    alert,
    stream,
    sequence,
    lane,
    afterSequence,
    ...(failoverFor === undefined ? {} : { failoverFor }),
    ...(handedTo === undefined ? {} : { handedTo }),
  };
  return { key, wallMs, status, attempts, messageId, body: toJson(body) };
}

/** The entry that a row of an earlier process is: one in `attempting` may have arrived. */
export function entryOf(row: DeliveryRow): Entry {
  const { handedTo, alert, ...standing } = fromJson(row.body) as Body;
  return {
    ...newEntry(standing, alert, row.wallMs),
    key: row.key,
    status: row.status,
    attempts: row.attempts,
    mayHaveArrived: row.status === "attempting",
    handedTo,
  };
}

/** Equal on every repeat; 24 letters and digits. */
export function nonceOf(entry: Entry): string {
  return createHash("sha256").update(entry.key).digest("hex").slice(0, 24);
}
