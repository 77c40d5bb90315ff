import type { Config } from "../../config/schema.ts";

/** Users that the process names as admins, as `discord:123`. */
export function ownersOf({ ownerIds = [] }: Pick<Config, "ownerIds">): ReadonlySet<string> {
  return new Set(ownerIds.map(({ platform, id }) => `${platform}:${id}`));
}
