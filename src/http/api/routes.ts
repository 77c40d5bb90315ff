import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { createJsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { CommandInfo } from "../../ports/platform.ts";
import { bearerOf, noToken } from "./bearer.ts";
import { commandRoutes } from "./commands.ts";
import { configureRoute } from "./configure.ts";
import { healthRoutes } from "./health.ts";
import { REQUESTS_PER_STRANGER, REQUESTS_PER_TOKEN, WRONG_TOKENS_PER_ADDRESS } from "./limits.ts";
import { liveRoute } from "./live.ts";
import { marketRoutes } from "./market.ts";
import { metricsRoute } from "./metrics.ts";
import type { Parts } from "./parts.ts";
import { positionRoutes } from "./positions.ts";
import { ApiProblem } from "./problem.ts";
import { Rate } from "./rate.ts";
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

/** The API without a socket. Who asks is found out, and counted, before anything of a body is read. */
export async function apiServer({ clock, catalog, door, meters, live, ...rest }: ApiParts): Promise<Server> {
  const app = newServer(rest);
  // The description is made of the routes that are added after it.
  await app.register(swagger, described(rest.version));
  const perToken = new Rate(clock, REQUESTS_PER_TOKEN);
  const perStranger = new Rate(clock, REQUESTS_PER_STRANGER);
  const wrong = new Rate(clock, WRONG_TOKENS_PER_ADDRESS);
  app.decorateRequest("bearer", undefined);
  app.addHook("onRequest", async (request) => {
    const isOpen = request.routeOptions.config.open === true;
    if (request.headers.authorization === undefined) perStranger.take(request.ip);
    // Whether a desk that is still starting is up can be asked without it.
    else if (!isOpen || isStarted(door)) request.bearer = bearerOf(request, door(), wrong);
    if (request.bearer) perToken.take(request.bearer.idPrefix);
    else if (!isOpen && request.routeOptions.url !== undefined) throw noToken();
  });
  const parts = { catalog, door, meters, live, runs: new Runs(door) };
  for (const add of [healthRoutes, metricsRoute, commandRoutes, configureRoute, positionRoutes, marketRoutes, statisticsRoute, liveRoute])
    add(app, parts);
  return app;
}

function isStarted(door: Parts["door"]): boolean {
  try {
    door();
    return true;
  } catch (thrown) {
    if (thrown instanceof ApiProblem) return false;
    throw thrown;
  }
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
