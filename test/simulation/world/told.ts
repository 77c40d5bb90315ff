import { plain } from "../../../src/domain/money.ts";
import type { OpenedEngine } from "../../../src/engine/open.ts";
import type { Told } from "../referee/law.ts";

/** What the engine tells a person who asks it now. */
export function toldBy({ engine }: OpenedEngine): Told {
  const { problems, unknownOrders } = engine.health();
  const balances = new Map<string, ReadonlyMap<string, string>>();
  const positions = new Map<string, string>();
  for (const { state } of engine.accounts()) {
    balances.set(`account:${state.account}`, new Map([...state.balances].map(([coin, balance]) => [coin, plain(balance)])));
    for (const [id, { position }] of state.bots) positions.set(id, plain(position.quantity));
  }
  return { problems, unknownOrders, marketMs: engine.market().atMs, balances, positions };
}
