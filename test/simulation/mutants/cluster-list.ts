import type { Instances } from "../cluster/draw.ts";
import { type Mutant, mutant } from "./mutant.ts";

const SEVERAL: Instances = { least: 3, most: 5 };

/** Faults of a desk of several processes. */
export const CLUSTER_MUTANTS: readonly Mutant[] = [
  {
    ...mutant(
      "nobody looks at the lease after the signing",
      "src/engine/live/desk.ts",
      "environment, credentials, () => writer.unheld());",
      "environment, credentials, () => undefined);",
    ),
    instances: SEVERAL,
  },
  {
    ...mutant(
      "a takeover does not wait for the receive window",
      "src/engine/live/right.ts",
      "this.#writer.isTakeover ? traits.fenceMs - traits.readLagMs : 0;",
      "this.#writer.isTakeover ? traits.readLagMs - traits.readLagMs : 0;",
    ),
    instances: SEVERAL,
  },
  {
    ...mutant(
      "an account is handed over as if everything that was sent for it had been answered",
      "src/engine/cluster/holdings.ts",
      "    await this.#release(left, mayStillTake(account));",
      "    await this.#release(left, mayStillTake(account) && false);",
    ),
    instances: SEVERAL,
  },
  {
    ...mutant(
      "a lease is trusted until somebody says that it is over",
      "src/stores/mongodb/renewal.ts",
      "    if (this.#clock.monotonicMs() < this.#trustedUntilMs) return undefined;",
      "    if (!this.#taken) return undefined;",
    ),
    instances: SEVERAL,
  },
  {
    ...mutant(
      "an entry is sent without a look at what others have written",
      "src/engine/open.ts",
      "    caughtUp: shared && ((isLive) => shared.caughtUp(isLive)),",
      "    caughtUp: undefined,",
    ),
    instances: SEVERAL,
  },
  {
    ...mutant(
      "an entry that was held up is not asked about again",
      "src/engine/live/lane.ts",
      "await place(this.#host.venue, order, forbidden);",
      "await place(this.#host.venue, order);",
    ),
    instances: SEVERAL,
  },
  {
    name: "an account that was given back goes on sending",
    changes: [
      { file: "src/engine/stream.ts", find: "    return this.#store.unheld(this.name);", put: "    return undefined;" },
      {
        file: "src/engine/cluster/holdings.ts",
        find: "    const left = accounts.add(new FollowedAccount(account.writer, account.services));",
        put: "    const left = new FollowedAccount(account.writer, account.services);",
      },
      { file: "src/engine/cluster/holdings.ts", find: "      await account.venue?.close();", put: "      void account.venue;" },
    ],
    instances: SEVERAL,
  },
];
