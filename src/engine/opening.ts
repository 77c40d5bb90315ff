import { messageOf, TransientError } from "../domain/errors.ts";
import { MINUTE_MS, marketMs } from "../domain/time.ts";
import type { Market } from "../ports/market.ts";
import type { Account, AccountWriter } from "./account.ts";
import type { Accounts } from "./accounts.ts";
import type { Desk } from "./desk.ts";
import type { Floor, Floors } from "./floors.ts";
import { STEPS_PER_BATCH } from "./limits.ts";
import type { LiveDesk } from "./live/desk.ts";
import { PaperAccount } from "./paper-account.ts";
import { type AliveMark, resumeAt } from "./recovery.ts";
import { accountOf } from "./streams.ts";

/** The market that the process names, resumed where its accounts left it. */
export function openMainFloor(
  market: Market,
  floors: Floors,
  desk: Desk,
  writers: readonly AccountWriter[],
  alive: AliveMark | undefined,
): Floor {
  const own = writers.map(({ state }) => state).filter((state) => state.mode === "paper" || state.market === market.key);
  return floors.put(market, resumeAt(market, own, desk.state, alive), true);
}

export interface Opening {
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly live: LiveDesk;
  readonly floors: Floors;
  readonly main: Floor;
}

/** Puts every account to work on its market. One whose exchange or key is out of reach waits, and the others trade. */
export async function openAccounts(opening: Opening, writers: readonly AccountWriter[]): Promise<void> {
  const { desk, floors, main } = opening;
  // Exchanges that do not answer take their time together, not one after the other. What goes wrong for good is thrown below.
  await Promise.allSettled(
    [...desk.state.accounts.values()].map(async ({ exchange, environment = "demo" }) => {
      if (exchange !== undefined) await floors.atExchange(exchange, environment);
    }),
  );
  if (main.market.pace === "stepped") await main.hub.prime(new Set(main.market.instruments.keys()));
  for (const writer of writers) await openAccount(opening, writer);
}

/** Puts an account to work on its market, at a start or, where it `joins`, beside others that are at work; undefined for a name without books. */
export async function openAccount(
  { desk, accounts, live, main }: Opening,
  writer: AccountWriter,
  joins = false,
): Promise<Account | undefined> {
  const name = accountOf(writer.name) ?? "";
  const registered = desk.state.accounts.get(name);
  let account: Account;
  if (registered?.exchange === undefined) account = accounts.put(writer, main.services);
  else {
    // A crash between the desk's stream and the account's leaves a name without books: the key never got in.
    if (writer.state.sequence === 0) {
      await desk.append([{ type: "account-unregistered", account: name }]);
      return undefined;
    }
    account = await live.open(writer, registered.exchange, registered.environment ?? "demo");
  }
  await accounts.resume(account, registered?.owner ?? account.state.owner, joins);
  await account.executor.recover();
  // Its last fill may be the last thing that was written: on a quiet account nothing would look again.
  await account.executor.finishPanic();
  return account;
}

/** Matches a paper account that was taken while its live market went on with the candles that nobody had watched for it. One whose market does not answer is watched from now on. */
export async function catchUp(account: Account): Promise<void> {
  const { services, position } = account;
  if (!(account instanceof PaperAccount) || services.market.pace !== "live" || account.state.sequence === 0) return;
  const { market, logger } = services;
  const untilMs = marketMs(Math.floor(services.now() / MINUTE_MS) * MINUTE_MS);
  try {
    const { steps } = await market.advance(position, untilMs, new Set(account.exposure.symbols), STEPS_PER_BATCH);
    for (const step of steps) await account.onStep(step, []);
  } catch (failure) {
    if (!(failure instanceof TransientError)) throw failure;
    logger.warn({ account: account.state.account, problem: messageOf(failure) }, "what happened while nobody had the account is not known");
  }
}
