import { Secret } from "../../domain/secret.ts";
import type { Collections } from "./schemas.ts";

const KEY_ID = "key" as const;

/** The key of the desk in this database; the offered one where there is none yet. Of several processes that offer one at once, all get the same. */
export async function deskKey({ meta }: Pick<Collections, "meta">, offered: Secret): Promise<Secret> {
  await meta.updateOne({ _id: KEY_ID }, { $setOnInsert: { key: offered.reveal() } }, { upsert: true });
  const found = await meta.findOne({ _id: KEY_ID });
  // Without one anybody could sign: a document that somebody has emptied is no key.
  if (!found?.key) throw new Error('the document "key" in the collection meta holds no key: remove it, and the next start makes one');
  return new Secret(found.key);
}
