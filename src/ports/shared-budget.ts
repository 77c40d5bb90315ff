/**
 * The request weight that one address may use at an exchange, counted for all processes behind it. Nothing waits for it longer than a few tens of
 * milliseconds, and nothing rejects: who gets no answer keeps to a fixed share.
 */
export interface SharedBudget {
  /** Counts weight when it fits into every window, and nothing of it otherwise. */
  take(wish: BudgetWish): Promise<BudgetAnswer>;
  /** The exchange says that so much was used within a span: counts what nobody counted. Nobody waits for it. */
  correct(spanMs: number, used: number): void;
  /** The exchange asks the address for silence for so long; never shortens one that is in force. Nobody waits for it. */
  silence(forMs: number): void;
}

/** The budgets of a process. */
export interface SharedBudgets {
  /** The budget of this address at an exchange, by a name that all processes give it, as `binance live`. */
  of(name: string): SharedBudget;
  /** How many processes share the address; at least 1. */
  processes(): number;
}

export interface BudgetWish {
  readonly weight: number;
  readonly windows: readonly BudgetWindow[];
}

export interface BudgetWindow {
  readonly spanMs: number;
  /** What all processes together may have used within the span, this weight included. */
  readonly bound: number;
  /** What this process used within the span: it is counted anew where nothing is known of this process, as after a loss. */
  readonly own: number;
  /** The part of it that was used while there was no answer. */
  readonly uncounted: number;
}

export type BudgetAnswer =
  /** What was used of each window, this weight included. */
  | { readonly kind: "taken"; readonly used: readonly number[] }
  /** When it may fit; undefined when it never does. */
  | { readonly kind: "full"; readonly retryAfterMs: number | undefined }
  /** The exchange asked some process for silence. */
  | { readonly kind: "silent"; readonly leftMs: number }
  | { readonly kind: "unanswered" };
