import type { Request } from "../ports/platform.ts";

/** A person's id, with the name where it is the one who asks: `Ada (discord:123)`. Names of others are not stored. */
export function personText(id: string, asker: Request["user"]): string {
  return id === asker.id && asker.name !== "" && asker.name !== id ? `${asker.name} (${id})` : id;
}
