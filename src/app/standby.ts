import type { Config } from "../../config/schema.ts";
import { ConfigError, messageOf, StoreInUse } from "../domain/errors.ts";
import { DESK_STREAM } from "../engine/streams.ts";
import { parseStoreUrl } from "../stores/url.ts";
import type { ApiNeeds } from "./plugs.ts";

interface StandbyNeeds extends Omit<ApiNeeds, "config"> {
  readonly config: Pick<Config, "storeUrl" | "storePassword" | "httpAddress">;
}

/**
 * Waits while another process has the store, with nothing open but one connection to it and the address at which it says so: a second machine that takes
 * over when the first is gone. Throws ConfigError for a store that only one machine reaches.
 */
export async function standBy(needs: StandbyNeeds): Promise<void> {
  const { config, clock, logger } = needs;
  const parsed = parseStoreUrl(config.storeUrl);
  if (parsed.scheme !== "mongodb") {
    const problem = "a process can only stand by where both reach the store, and STORE_URL names one of this machine";
    throw new ConfigError([{ setting: "STANDBY", problem, remedy: "Name a MongoDB database in STORE_URL, or write no." }]);
  }
  const { mongoVacancy } = await import("../stores/mongodb.ts");
  const health = await openHealth(needs);
  try {
    await mongoVacancy({ url: parsed.url, password: config.storePassword?.reveal(), clock }, DESK_STREAM, (who) =>
      logger.info({ who }, `stands by: ${who} has the store, and this process takes over when that one is gone`),
    );
  } finally {
    await health?.stop();
  }
}

/** Where it says that it waits. One that waits beside the other on the same machine finds the address taken, and gets it when the other one is gone. */
async function openHealth({ config, clock, chance, logger, version }: StandbyNeeds) {
  const { httpAddress } = config;
  if (!httpAddress) return undefined;
  const { openWaitingHealth } = await import("../http/health.ts");
  try {
    return await openWaitingHealth({ ...httpAddress, clock, chance, logger, version });
  } catch (thrown) {
    logger.info({ problem: messageOf(thrown) }, "stands by without its HTTP address, which is taken");
    return undefined;
  }
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
