import { ConfigError, StoreInUse } from "../domain/errors.ts";
import { DESK_STREAM } from "../engine/streams.ts";
import { parseStoreUrl } from "../stores/url.ts";
import type { StoreNeeds } from "./plugs.ts";

/**
 * Waits while another process has the store, with nothing open but one connection to it: a second machine that takes over when the first is gone.
 * Throws ConfigError for a store that only one machine reaches.
 */
export async function standBy({ config, clock, logger }: Omit<StoreNeeds, "chance">): Promise<void> {
  const parsed = parseStoreUrl(config.storeUrl);
  if (parsed.scheme !== "mongodb") {
    const problem = "a process can only stand by where both reach the store, and STORE_URL names one of this machine";
    throw new ConfigError([{ setting: "STANDBY", problem, remedy: "Name a MongoDB database in STORE_URL, or write no." }]);
  }
  const { mongoVacancy } = await import("../stores/mongodb.ts");
  await mongoVacancy({ url: parsed.url, password: config.storePassword?.reveal(), clock }, DESK_STREAM, (who) =>
    logger.info({ who }, `stands by: ${who} has the store, and this process takes over when that one is gone`),
  );
}

/** Starts what has stood by; as often as another one that waited was faster, it waits and starts again. */
export async function startAgain<T>(start: () => Promise<T>, wait: () => Promise<void>): Promise<T> {
  for (;;) {
    try {
      return await start();
    } catch (failure) {
      if (!(failure instanceof StoreInUse)) throw failure;
    }
    await wait();
  }
}
