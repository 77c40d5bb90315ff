import { TransientError, UserError } from "../../domain/errors.ts";
import type { Environment, KeyFacts } from "../../ports/live-venue.ts";
import { type Reader, type Reply, WRONG_PLACE } from "./reader.ts";
import { read } from "./requests.ts";
import { ACCOUNT, type Account, KEY_RIGHTS } from "./shapes.ts";

const UNKNOWN_RIGHTS: KeyFacts = { mayOrder: undefined, withdraw: undefined, transfer: undefined, addressRestricted: undefined };
const WRONG_KEY: ReadonlySet<number> = new Set([-1002, -1022, -2014]);
const REFUSED_KEY = -2015;

export interface KeyQuestion {
  readonly name: string;
  readonly environment: Environment;
  readonly tellsKeyRights: boolean;
}

/** What a key may do, read from the venue. Throws UserError for a key that the venue does not take or that may not trade. */
export async function keyFacts(reader: Reader, question: KeyQuestion): Promise<{ readonly facts: KeyFacts; readonly account: Account }> {
  const account = told(await reader.ask(read("/api/v3/account", {}), ACCOUNT), question);
  if (!account.canTrade)
    throw new UserError(`${question.name} says that this account may not trade now: lift its restriction there, then try again.`);
  if (!question.tellsKeyRights || question.environment === "demo") return { facts: UNKNOWN_RIGHTS, account };
  const rights = told(await reader.ask(read("/sapi/v1/account/apiRestrictions", {}), KEY_RIGHTS), question);
  if (!rights.enableSpotAndMarginTrading)
    throw new UserError(`This key has no right to trade at ${question.name}: switch on spot trading for it there, or make another key.`);
  return {
    account,
    facts: {
      mayOrder: true,
      withdraw: rights.enableWithdrawals,
      transfer: rights.enableInternalTransfer || rights.permitsUniversalTransfer,
      addressRestricted: rights.ipRestrict,
    },
  };
}

function told<Data>(reply: Reply<Data>, { name, environment }: KeyQuestion): Data {
  if (reply.kind === "data") return reply.data;
  const world = environment === "demo" ? `the demo world of ${name}` : name;
  if (reply.kind === "refused" && WRONG_KEY.has(reply.code))
    throw new UserError(`Key and secret do not fit together or are no pair of ${world}: copy both again from there.`);
  if (reply.kind === "refused" && reply.code === REFUSED_KEY)
    throw new UserError(
      `${capital(world)} refuses this key: it was deleted, lacks a right, or its list of addresses does not hold this machine. Look at the key there.`,
    );
  if (reply.kind === "refused" && reply.status === WRONG_PLACE)
    throw new UserError(`${name} does not serve the place where this machine stands: run the desk elsewhere or use another exchange.`);
  throw new TransientError(`${world} could not be asked about the key (${reply.reason})`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
