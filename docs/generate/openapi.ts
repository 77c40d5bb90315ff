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
  const described = `${JSON.stringify(app.swagger(), schemasByName, 2)}\n`;
  await app.close();
  return described;
}

/** Named schemas come in the order in which their modules were loaded, and any other one may have loaded some of them before. */
function schemasByName(key: string, value: unknown): unknown {
  if (key !== "schemas" || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
