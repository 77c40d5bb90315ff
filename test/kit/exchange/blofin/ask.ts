import { type Decimal, decimal } from "../../../../src/domain/money.ts";
import type { Account } from "../perpetual/account.ts";
import type { Key, PerpetualExchange } from "../perpetual/exchange.ts";
import type { Contract, MarginMode, Side } from "../perpetual/types.ts";
import type { Outcome } from "./wire-form.ts";

/** A request that has passed the door: who asks for what, and how old its view may be. */
export interface Ask {
  readonly exchange: PerpetualExchange;
  readonly nowMs: number;
  readonly seenMs: number;
  readonly params: Readonly<Record<string, unknown>>;
  /** The rows of an array body. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface SignedAsk extends Ask {
  readonly account: Account;
  readonly key: Key;
}

/** One endpoint: what it takes and what it does. Parameters that it does not know are refused. */
export interface Route<A extends Ask = SignedAsk> {
  readonly right: "READ" | "TRADE";
  /** Counts against the tight budget of orders. */
  readonly trading: boolean;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** The body is a list of rows that each have these parameters. */
  readonly array?: boolean;
  run(ask: A): Outcome;
}

/** Thrown on a parameter that is not right; the door answers it. */
export class BadParameter extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function text(params: Readonly<Record<string, unknown>>, name: string): string {
  const value = params[name];
  if (value === undefined || value === null) return "";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw new BadParameter("152002", `Parameter ${name} error.`);
}

export function amount(params: Readonly<Record<string, unknown>>, name: string): Decimal | undefined {
  const found = text(params, name);
  if (found === "") return undefined;
  if (!/^-?\d{1,20}(\.\d{1,18})?$/.test(found)) throw new BadParameter("152002", `Parameter ${name} error.`);
  return decimal(found);
}

export function needed(params: Readonly<Record<string, unknown>>, name: string): Decimal {
  const found = amount(params, name);
  if (!found) throw new BadParameter("152001", `Parameter ${name} cannot be empty.`);
  return found;
}

export function oneOf<T extends string>(params: Readonly<Record<string, unknown>>, name: string, allowed: readonly T[], otherwise?: T): T {
  const found = text(params, name);
  if (found === "" && otherwise !== undefined) return otherwise;
  const match = allowed.find((each) => each === found);
  if (match === undefined)
    throw new BadParameter(found === "" ? "152001" : "152002", `Parameter ${name} ${found === "" ? "cannot be empty" : "error"}.`);
  return match;
}

export function whole(params: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const found = text(params, name);
  if (found === "") return undefined;
  if (!/^\d{1,15}$/.test(found)) throw new BadParameter("152002", `Parameter ${name} error.`);
  return Number(found);
}

export function contractOf(ask: Ask, params: Readonly<Record<string, unknown>> = ask.params): Contract {
  const contract = ask.exchange.contract(text(params, "instId"));
  if (!contract) throw new BadParameter("152014", "Instrument ID does not exist");
  return contract;
}

export function sideOf(params: Readonly<Record<string, unknown>>): Side {
  return oneOf(params, "side", ["buy", "sell"]);
}

export function marginOf(params: Readonly<Record<string, unknown>>): MarginMode {
  return oneOf(params, "marginMode", ["cross", "isolated"]);
}

const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 20;

/** Rows newest first, cut to the page that was asked for. */
export function page<T>(
  ask: Ask,
  rows: Iterable<T>,
  id: (row: T) => string,
  atMs: (row: T) => number,
  sizeDefault: number = LIMIT_DEFAULT,
): T[] {
  const { params } = ask;
  const after = whole(params, "after");
  const before = whole(params, "before");
  if (after !== undefined && before !== undefined) throw new BadParameter("152002", "Parameter before error.");
  const limit = Math.min(whole(params, "limit") ?? sizeDefault, LIMIT_MAX);
  if (limit < 1) throw new BadParameter("152002", "Parameter limit error.");
  const begin = whole(params, "begin") ?? 0;
  const end = whole(params, "end") ?? Number.POSITIVE_INFINITY;
  const kept: T[] = [];
  for (const row of rows) {
    if (atMs(row) < begin || atMs(row) > end) continue;
    if (after !== undefined && Number(id(row)) >= after) continue;
    if (before !== undefined && Number(id(row)) <= before) continue;
    kept.push(row);
    if (kept.length === limit) break;
  }
  return kept;
}
