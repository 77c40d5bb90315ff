import { TransientError, UserError } from "../../domain/errors.ts";
import { toDouble } from "../../domain/money.ts";
import type { Environment, KeyFacts } from "../../ports/live-venue.ts";
import { verdictOn } from "./codes.ts";
import type { Contract } from "./contracts.ts";
import type { Reader, Reply } from "./reader.ts";
import { read, send } from "./requests.ts";
import { KEY, LEVERAGE, LEVERAGES, POSITION_MODE, POSITIONS } from "./shapes.ts";

/** Contracts that one question about leverage may name. */
const LEVERAGES_PER_READ = 20;

interface Names {
  readonly name: string;
  readonly environment: Environment;
}

/** One sentence for each way in which the venue refuses a key. */
function keySentence(code: string, { name, environment }: Names): string {
  const world = environment === "demo" ? "demo" : "live";
  switch (code) {
    case "152401":
      return `${name} does not know this key in its ${world} world; copy it again, or make one there`;
    case "152402":
      return `this key of ${name} has expired; make a new one and connect it`;
    case "152404":
      return `this key of ${name} lacks a right; it needs READ and TRADE, and should have nothing else`;
    case "152406":
      return `${name} does not let this key in from this machine's address; add the address to the key's list or connect another key`;
    case "152408":
      return `the passphrase does not belong to this key of ${name}; enter the one that was chosen when the key was made`;
    default:
      return `${name} does not accept the signature of this key; copy its secret again`;
  }
}

/**
 * What the key may do. The venue tells whether it may trade and whether it is bound to addresses, and nothing of transfers or withdrawals. Throws UserError
 * in one sentence for a key that is refused or may only read.
 */
export async function keyFacts(reader: Reader, names: Names): Promise<KeyFacts> {
  const call = read("/api/v1/user/query-apikey");
  let reply = await reader.ask(call, KEY);
  // A refused time was measured by that very answer: once more with the right one.
  if (reply.kind === "refused" && causeOf(reply.code) === "clock") reply = await reader.ask(call, KEY);
  if (reply.kind === "refused" && causeOf(reply.code) === "key") throw new UserError(keySentence(reply.code, names));
  if (reply.kind === "refused" && causeOf(reply.code) === "clock")
    throw new UserError(`${names.name} refuses this machine's time; set its clock by the network and try again`);
  if (reply.kind !== "data") throw new TransientError(`${names.name} could not be asked about the key (${reply.reason})`);
  const { readOnly, ips } = reply.data;
  if (readOnly === 1) throw new UserError(`this key of ${names.name} may only read; connect one that may trade`);
  return { mayOrder: true, withdraw: undefined, transfer: undefined, addressRestricted: ips ? ips.length > 0 : undefined };
}

function causeOf(code: string): string | undefined {
  const verdict = verdictOn(code);
  return verdict.kind === "rejected" ? verdict.cause : undefined;
}

/** Net positions and the leverage of one symbol, changed only where they differ and nothing is open. Throws UserError in one sentence when the venue refuses. */
export async function prepareSymbol(
  reader: Reader,
  contract: Contract,
  marginMode: "cross" | "isolated",
  leverage: number,
  name: string,
): Promise<void> {
  const { symbol, instId } = contract;
  const leverageMax = contract.instrument.contract?.leverageMax ?? 1;
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > leverageMax)
    throw new UserError(`${symbol} takes a leverage from 1 to ${leverageMax} at ${name}, found ${leverage}`);
  const { positionMode } = await reader.read("its position mode", read("/api/v1/account/position-mode"), POSITION_MODE);
  if (positionMode !== "net_mode") {
    const change = send("/api/v1/account/set-position-mode", { positionMode: "net_mode" });
    const refused = `${name} did not switch to one-way positions; close the positions and cancel the orders of this account there, or switch by hand`;
    settled(await reader.ask(change, POSITION_MODE), refused, name);
  }
  const known = (await leveragesOf(reader, [contract], marginMode)).get(symbol);
  if (known === leverage) return;
  const positions = await reader.read("its positions", read("/api/v1/account/positions", { instId }), POSITIONS);
  if (positions.some((row) => row.instId === instId && !row.positions.isZero()))
    throw new UserError(
      `${symbol} has an open position at ${name} with leverage ${known ?? "unknown"}, found ${leverage} wished; the desk changes nothing under it: close it there first${known === undefined ? "" : `, or use leverage:${known}`}`,
    );
  const change = send("/api/v1/account/set-leverage", { instId, leverage: String(leverage), marginMode });
  const refused = `${name} did not set the leverage of ${symbol} to ${leverage}; cancel its open orders there or choose the leverage that is set`;
  settled(await reader.ask(change, LEVERAGE), refused, name);
}

/** The leverage that is set for each contract. */
export async function leveragesOf(
  reader: Reader,
  contracts: readonly Contract[],
  marginMode: "cross" | "isolated",
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let from = 0; from < contracts.length; from += LEVERAGES_PER_READ) {
    const part = contracts.slice(from, from + LEVERAGES_PER_READ);
    const query = read("/api/v1/account/batch-leverage-info", { instId: part.map(({ instId }) => instId).join(","), marginMode });
    const rows = await reader.read("its leverage", query, LEVERAGES);
    for (const { symbol, instId } of part) {
      const row = rows.find((each) => each.instId === instId && each.marginMode === marginMode);
      if (row) found.set(symbol, toDouble(row.leverage));
    }
  }
  return found;
}

function settled(reply: Reply<unknown>, refused: string, name: string): void {
  if (reply.kind === "data") return;
  const cause = reply.kind === "refused" ? causeOf(reply.code) : undefined;
  if (reply.kind === "refused" && cause !== undefined && cause !== "limit" && cause !== "clock")
    throw new UserError(`${refused} (code ${reply.code})`);
  throw new TransientError(`${name} could not be set up (${reply.reason})`);
}
