import { z } from "zod";
import { sightOf } from "./bearer.ts";
import { EXPOSITION_TYPE, exposition } from "./exposition.ts";
import { families } from "./meters.ts";
import type { Parts } from "./parts.ts";
import type { Server } from "./server.ts";

/** `GET /metrics` for Prometheus: with a token, as every other read. */
export function metricsRoute(app: Server, { door, meters }: Parts): void {
  const schema = {
    summary: "The desk's figures for Prometheus; docs/monitoring has alert rules and a dashboard over them",
    tags: ["health"],
    produces: ["text/plain"],
    response: { 200: z.string() },
  };
  app.get("/metrics", { schema }, async (request, reply) => {
    const desk = door();
    await sightOf(request, desk, "system health");
    const text = exposition(await families(desk, meters()));
    return reply.type(EXPOSITION_TYPE).send(text);
  });
}
