import type { CommandInfo } from "../ports/platform.ts";

/** A command of the catalog, with a line that a person could type. */
export interface CatalogEntry extends CommandInfo {
  readonly example: string;
}
