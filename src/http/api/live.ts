import { bearerIn, sightOf } from "./bearer.ts";
import { WebSockets } from "./live/socket.ts";
import type { Parts } from "./parts.ts";
import type { Server } from "./server.ts";

/** `GET /api/live`: what happens, over a web socket. docs/api.md says how it speaks; OpenAPI has no words for it. */
export function liveRoute(app: Server, { door, live }: Parts): void {
  const sockets = new WebSockets(app);
  app.get("/api/live", { schema: { hide: true } }, async (request, reply) => {
    sockets.check(request);
    await sightOf(request, door(), "channel subscribe");
    const hub = live();
    const bearer = bearerIn(request);
    hub.admit(bearer);
    reply.hijack();
    sockets.open(request, (wire) => hub.take(wire, bearer));
  });
}
