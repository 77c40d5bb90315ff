import { MINUTE_MS, SECOND_MS } from "../../domain/time.ts";

/** Every body of the API fits many times. */
export const BODY_BYTES_MAX = 65_536;
export const HEADER_BYTES_MAX = 8_192;
export const PATH_PART_CHARS_MAX = 100;
/** Beyond it the connection makes room on which nothing has been asked for longest, so that idle ones cost the trading nothing. */
export const CONNECTIONS_MAX = 500;
/** A whole request must have arrived within it. */
export const REQUEST_TIMEOUT_MS = 10 * SECOND_MS;
export const HEADERS_TIMEOUT_MS = 5 * SECOND_MS;
export const KEEP_ALIVE_MS = 30 * SECOND_MS;
/** How often connections are looked at that send too slowly. */
export const SLOWNESS_CHECK_MS = 2 * SECOND_MS;
/** What is being answered when the desk stops may take this long. */
export const DRAIN_MS = SECOND_MS;

export const RATE_WINDOW_MS = MINUTE_MS;
/** Twenty a second. */
export const REQUESTS_PER_TOKEN = 1_200;
export const REQUESTS_PER_STRANGER = 120;
/** Looks at the health without a token, by address: supervisors and monitors that share one. */
export const PROBES_PER_ADDRESS = 120;
export const WRONG_TOKENS_PER_ADDRESS = 20;
/** Callers that are counted at once; the oldest is forgotten first. */
export const CALLERS_MAX = 10_000;

/** Answers kept for requests that come again; the oldest goes first. */
export const ANSWERS_KEPT = 1_000;
export const TEXT_CHARS_MAX = 500;
export const LIST_MAX = 50;
export const PAIRS_A_PAGE = 500;
export const CANDLES_MAX = 1_000;
