import type { AccountState } from "../domain/books.ts";

/** An account named by its owner, for the person who asks. */
export function accountNameFor({ owner }: Pick<AccountState, "owner">, user: string): string {
  return owner === user ? "your paper account" : `the paper account of ${owner}`;
}

/** An account named by its owner, from the name of its stream; anything else as it is. */
export function accountNameOf(stream: string): string {
  const [, owner] = /^(?:account:)?paper:(.+)$/.exec(stream) ?? [];
  return owner === undefined ? stream : `the paper account of ${owner}`;
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
