import type { AccountState } from "../domain/books.ts";
import { type Mode, marked } from "../domain/bot.ts";

/** What is known of an account at an exchange by its name; undefined for paper accounts and for those that were removed. */
export type AccountNames = (account: string) => { readonly exchange?: string; readonly environment?: "demo" | "live" } | undefined;

/** An account for the person who asks: a paper account by its owner, one at an exchange by its name, as `main (LIVE)`. */
export function accountNameFor({ owner, account, mode }: Pick<AccountState, "owner" | "account" | "mode">, user: string): string {
  if (mode !== "paper") return marked(account, mode);
  return owner === user ? "your paper account" : `the paper account of ${owner}`;
}

/** The same from the name of its stream; anything else as it is. */
export function accountNameOf(stream: string, accounts: AccountNames): string {
  const name = stream.replace(/^account:/, "");
  const [, owner] = /^paper:(.+)$/.exec(name) ?? [];
  if (owner !== undefined) return `the paper account of ${owner}`;
  const mode: Mode = accounts(name)?.environment ?? "paper";
  return marked(name, mode);
}

/** An account as a title or a row begins with it. A name that people type stays as it is typed. */
export function accountTitle(state: Pick<AccountState, "owner" | "account" | "mode">, user: string): string {
  const name = accountNameFor(state, user);
  return state.mode === "paper" ? capitalized(name) : name;
}

/** A text with its first letter as a capital. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
