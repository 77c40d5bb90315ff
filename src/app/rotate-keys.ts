import type { Config } from "../../config/schema.ts";
import { purposeOf } from "../chat/factors/one-time-codes.ts";
import { applyAccountEvent } from "../domain/account.ts";
import { emptyAccount } from "../domain/books.ts";
import { applyDeskEvent, emptyDesk } from "../domain/desk.ts";
import { UserError } from "../domain/errors.ts";
import { openStream } from "../engine/stream.ts";
import { accountStream, DESK_STREAM } from "../engine/streams.ts";
import type { Chance, Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import { openStore } from "./plugs.ts";

/** What a rotation came to. It may be run again at any time: what is under the current key stays as it is. */
export interface Rotation {
  readonly wrapped: number;
  readonly kept: number;
  /** What no key of this process opens, one sentence each. */
  readonly problems: readonly string[];
}

interface RotationParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Opens the configured store for itself alone and wraps every stored key anew. Rejects when a desk has the store open. */
export async function rotateConfigured(
  config: Config,
  parts: { vault: Vault; clock: Clock; chance: Chance; logger: Logger },
): Promise<Rotation> {
  const store = await openStore({ config, ...parts });
  try {
    return await rotateKeys({ store, ...parts });
  } finally {
    await store.close();
  }
}

/**
 * Wraps every stored key anew under the current key-encryption key. Each is one durable append of its own, so that a rotation that was cut off has lost
 * nothing and goes on when it is run again; until then both keys are needed.
 */
export async function rotateKeys(parts: RotationParts): Promise<Rotation> {
  const outcomes = [...(await rotateFactors(parts)), ...(await rotateAccounts(parts))];
  return {
    wrapped: outcomes.filter((outcome) => outcome === "wrapped").length,
    kept: outcomes.filter((outcome) => outcome === "kept").length,
    problems: outcomes.filter((outcome) => typeof outcome === "object").map(({ problem }) => problem),
  };
}

type Outcome = "wrapped" | "kept" | { readonly problem: string };

async function rotateFactors({ store, vault, clock }: RotationParts): Promise<readonly Outcome[]> {
  const stream = { name: DESK_STREAM, state: emptyDesk(), apply: applyDeskEvent };
  const desk = await openStream({ ...stream, store, clock, onAppend: () => undefined, onTaken: () => undefined });
  const outcomes: Outcome[] = [];
  for (const [user, sealed] of [...desk.state.factors]) {
    outcomes.push(
      await attempt(`the one-time codes of ${user}`, async () => {
        const anew = await vault.rewrap(purposeOf(user), sealed);
        if (anew === undefined) return "kept";
        await desk.append([{ type: "factor-enrolled", user, sealed: anew }], desk.state.marketMs);
        return "wrapped";
      }),
    );
  }
  return outcomes;
}

async function rotateAccounts({ store, vault, clock }: RotationParts): Promise<readonly Outcome[]> {
  const names = (await store.streams()).filter((name) => name.startsWith(accountStream("")));
  const outcomes: Outcome[] = [];
  for (const name of names) {
    const stream = { name, state: emptyAccount(), apply: applyAccountEvent };
    const account = await openStream({ ...stream, store, clock, onAppend: () => undefined, onTaken: () => undefined });
    const { key } = account.state.venue;
    if (key === undefined) continue;
    outcomes.push(
      await attempt(`the key of ${account.state.account}`, async () => {
        const anew = await vault.rewrap(`account:${account.state.account}`, key.sealed);
        if (anew === undefined) return "kept";
        await account.append([{ type: "key-rewrapped", sealed: anew }], account.state.marketMs);
        return "wrapped";
      }),
    );
  }
  return outcomes;
}

async function attempt(what: string, work: () => Promise<"wrapped" | "kept">): Promise<Outcome> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof UserError) return { problem: `${what}: ${thrown.message}` };
    throw thrown;
  }
}
