import type { Logger } from "../ports/logger.ts";

const quiet = () => {};

/** For what has nothing to say to the desk's log. */
export const SILENT: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => SILENT };
