import { ConfigError } from "../../domain/errors.ts";
import { Secret } from "../../domain/secret.ts";
import type { Collections } from "./schemas.ts";

const KEY_ID = "key" as const;
const NO_KEY = {
  setting: "STORE_URL",
  problem: 'the document "key" in the collection meta holds no key',
  remedy: "Remove it: the next start makes one.",
};

/** The key of the desk in this database; the offered one where there is none yet. Throws ConfigError for an empty one. Of several processes that offer one at once, all get the same. */
export async function deskKey({ meta }: Pick<Collections, "meta">, offered: Secret): Promise<Secret> {
  await meta.updateOne({ _id: KEY_ID }, { $setOnInsert: { key: offered.reveal() } }, { upsert: true });
  const found = await meta.findOne({ _id: KEY_ID });
  // Without one anybody could sign: a document that somebody has emptied is no key.
  if (!found?.key) throw new ConfigError([NO_KEY]);
  return new Secret(found.key);
}
