import type { Secret } from "../domain/secret.ts";

/** Where the processes of a desk find the one key that they share: in their store, which is what each of them trusts, and beside all that is copied or told. */
export interface DeskKeys {
  /** The key of the desk, for ever the same: the one that is there, or the offered one for the first process that asks. Rejects with StoreUnavailable, and with ConfigError where somebody has emptied it. */
  deskKey(offered: Secret): Promise<Secret>;
}
