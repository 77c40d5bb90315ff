/** The exchange says no: HTTP status, code and text as its documentation has them. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: number, text: string, status = 400, retryAfterSeconds?: number) {
    super(text);
    this.name = "Refusal";
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The matching engine refuses an order. */
export function rejected(text: string): Refusal {
  return new Refusal(-2010, text);
}

/** A rule of the symbol is broken: the order never reached the matching engine. */
export function filterFailure(filter: string): Refusal {
  return new Refusal(-1013, `Filter failure: ${filter}`);
}

export const INSUFFICIENT_BALANCE = "Account has insufficient balance for requested action.";
export const MARKET_CLOSED = "Market is closed.";
export const TRADING_OFF = "Rest API trading is not enabled.";
export const MAY_NOT_TRADE = "This account may not place or cancel orders.";
