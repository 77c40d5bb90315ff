import { z } from "zod";
import { sightOf } from "./bearer.ts";
import { EXPOSITION_TYPE, exposition } from "./exposition.ts";
import { families, type Meters } from "./meters.ts";
import type { Observed } from "./observed.ts";
import { errorBody, type Server } from "./server.ts";

/** Both throw an ApiProblem while there is nothing to ask. */
export interface MetricsParts {
  readonly door: () => Observed;
  readonly meters: () => Meters;
}

/** `GET /metrics` for Prometheus: with a token, as every other read. */
export function metricsRoute(app: Server, { door, meters }: MetricsParts): void {
  const schema = {
    summary: "The desk's figures for Prometheus; docs/monitoring has alert rules and a dashboard over them",
    tags: ["health"],
    produces: ["text/plain"],
    response: { 200: z.string(), default: { description: "Error", content: { "application/json": { schema: errorBody } } } },
  };
  app.get("/metrics", { schema }, async (request, reply) => {
    const desk = door();
    await sightOf(request, desk, "system health");
    const text = exposition(await families(desk, meters()));
    return reply.type(EXPOSITION_TYPE).send(text);
  });
}
