import { type AdmissionParts, admit } from "./admission.ts";
import { type HealthParts, healthRoutes } from "./health.ts";
import { type MetricsParts, metricsRoute } from "./metrics.ts";
import { type Lost, newServer, type Server, type ServerParts } from "./server.ts";

export interface HealthServerParts extends ServerParts, AdmissionParts, HealthParts, MetricsParts {
  /** What is said of every other route. */
  readonly lost: Lost;
}

/** How a process is, and nothing else: for one that takes no commands. Without a socket. */
export function healthServer(parts: HealthServerParts): Server {
  const app = newServer(parts, { lost: parts.lost, webSockets: false });
  admit(app, parts);
  healthRoutes(app, parts);
  metricsRoute(app, parts);
  return app;
}
