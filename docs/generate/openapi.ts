import { catalogOf } from "../../src/chat/arg-info.ts";
import type { Commands } from "../../src/chat/command.ts";
import { apiServer } from "../../src/http/api/routes.ts";
import type { Logger } from "../../src/ports/logger.ts";

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

const noDesk = () => {
  throw new Error("there is no desk behind this description");
};

/** What the HTTP API says of itself, from the schemas that check each request. It has no desk behind it and is asked nothing. */
export async function openApiText(commands: Commands): Promise<string> {
  const app = await apiServer({
    catalog: catalogOf(commands),
    clock: { monotonicMs: () => 0 },
    chance: { token: () => "", bytes: (length) => Buffer.alloc(length) },
    logger: silent,
    version: "1",
    meters: () => {
      throw new Error("nothing is measured for this description");
    },
    door: noDesk,
    live: noDesk,
  });
  await app.ready();
  const described = `${JSON.stringify(app.swagger(), undefined, 2)}\n`;
  await app.close();
  return described;
}
