import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { createJsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { CommandInfo } from "../../ports/platform.ts";
import { admit } from "./admission.ts";
import { commandRoutes } from "./commands.ts";
import { configureRoute } from "./configure.ts";
import { healthRoutes } from "./health.ts";
import { liveRoute } from "./live.ts";
import { marketRoutes } from "./market.ts";
import { metricsRoute } from "./metrics.ts";
import type { Parts } from "./parts.ts";
import { positionRoutes } from "./positions.ts";
import type { Rate } from "./rate.ts";
import { Runs } from "./runs.ts";
import { newServer, type Server, type ServerParts } from "./server.ts";
import { statisticsRoute } from "./statistics.ts";

export interface ApiParts extends ServerParts {
  readonly clock: ConstructorParameters<typeof Rate>[0];
  readonly catalog: readonly CommandInfo[];
  readonly door: Parts["door"];
  readonly meters: Parts["meters"];
  readonly live: Parts["live"];
}

/** The API without a socket. */
export async function apiServer({ clock, catalog, door, meters, live, ...rest }: ApiParts): Promise<Server> {
  const app = newServer(rest);
  // The description is made of the routes that are added after it.
  await app.register(swagger, described(rest.version));
  admit(app, { clock, door });
  const parts = { catalog, door, meters, live, runs: new Runs(door) };
  for (const add of [healthRoutes, metricsRoute, commandRoutes, configureRoute, positionRoutes, marketRoutes, statisticsRoute, liveRoute])
    add(app, parts);
  return app;
}

function described(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: "3.1.0",
      info: { title: "ScalpStorm", version, description: "The desk for programs. Every change goes through the same door as chat." },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig: { target: "draft-2020-12" } }),
    transformObject: jsonSchemaTransformObject,
  };
}
