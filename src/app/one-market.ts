import { ConfigError } from "../domain/errors.ts";
import { decodeEvent } from "../domain/event-codec.ts";
import type { AccountEvent } from "../domain/events.ts";
import { accountStream } from "../engine/streams.ts";
import type { Store } from "../ports/store.ts";

const PAPER = accountStream("paper:");

/**
 * Refuses the start of one of several processes on another market than that of the paper accounts of its desk, which all have one: no process would take
 * them, and each command would be answered with that. A process that is alone finds it when it takes them. Throws ConfigError (setting `MARKET`).
 */
export async function refuseAnotherMarket(store: Pick<Store, "streams" | "read">, market: string): Promise<void> {
  const stream = (await store.streams()).find((name) => name.startsWith(PAPER));
  const [first] = stream === undefined ? [] : await store.read(stream, 0, 1);
  if (first === undefined) return;
  const opened = decodeEvent<AccountEvent>(first.sequence, first.body).event;
  if (opened.type !== "account-opened" || opened.mode !== "paper" || opened.market === market) return;
  const problem = `the paper account of ${opened.owner} trades on "${opened.market}", and this start asks for "${market}"`;
  throw new ConfigError([{ setting: "MARKET", problem, remedy: "Set MARKET back, or give this market a database of its own." }]);
}
