import { MINUTE_MS, SECOND_MS } from "../../../domain/time.ts";

export const CONNECTIONS_MAX = 50;
export const CONNECTIONS_PER_TOKEN = 5;
/** What a program may send; its cursors fit for a thousand accounts. */
export const MESSAGE_BYTES_MAX = 65_536;
/** Pings of a program are answered up to so many; one that sends more is cut. */
export const PINGS_A_MINUTE = 60;
/** The subscription must have come within it. */
export const SUBSCRIBE_MS = 10 * SECOND_MS;

/** Events read from a stream at once. */
export const PAGE_EVENTS = 100;
/** Pages kept for connections that stand at the same place. */
export const PAGES_KEPT = 64;
/** Between two whole pages of a backlog: who catches up leaves the store to the trading. */
export const CATCH_UP_PAUSE_MS = 25;
/** Events that come close together are read together. */
export const GATHER_MS = 200;
/** A store that does not answer is asked again after it. */
export const RETRY_MS = SECOND_MS;
/** Cursors that moved over nothing worth a message are told at most that often. */
export const REACHED_EVERY_MS = 5 * SECOND_MS;

/** With so much unsent a connection gets nothing more until it has read. */
export const UNSENT_BYTES_MAX = 262_144;
/** Who has not read that away by then is cut. */
export const SLOW_MS = 10 * SECOND_MS;
/** How often unsent bytes are looked at. */
export const LOOK_AGAIN_MS = 100;
/** A close that is not answered by then cuts the connection. */
export const CLOSE_MS = 5 * SECOND_MS;

/** How often the equity of accounts is looked at, and rights where nothing happens. */
export const TICK_MS = 5 * SECOND_MS;
/** A connection that does not answer a heartbeat until the next one is gone. */
export const HEARTBEAT_MS = 20 * SECOND_MS;
export const PING_WINDOW_MS = MINUTE_MS;
