import type { InteractionDesk } from "./desk.ts";
import type { Answer, Call, Route } from "./http.ts";
import type { MessageBody } from "./message-rules.ts";
import { ApiRefusal, unknownWebhook } from "./refusal.ts";
import type { World } from "./world.ts";

export function interactionRoutes(world: World, desk: InteractionDesk): Route[] {
  const byToken = (call: Call, tokenName: string, serve: () => Answer): Answer => {
    try {
      return serve();
    } catch (error) {
      if (error instanceof ApiRefusal) desk.byToken(call.param(tokenName))?.refusals.push(`${call.method}: ${error.message}`);
      throw error;
    }
  };
  const webhook = (template: string, serve: (call: Call, token: string, messageId: string) => Answer): Route => ({
    template,
    open: true,
    handle: (call) =>
      byToken(call, "webhook_token", () => {
        if (call.param("webhook_id") !== world.applicationId) throw unknownWebhook();
        return serve(call, call.param("webhook_token"), call.param("message_id") || "@original");
      }),
  });
  const messages = "/webhooks/{webhook_id}/{webhook_token}/messages";
  const onMessage = (path: string): Route[] => [
    webhook(`GET ${path}`, (call, token, id) => ({ status: 200, body: desk.message(desk.acknowledged(token, call.arrivedMs), id).wire })),
    webhook(`PATCH ${path}`, (call, token, id) => ({
      status: 200,
      body: desk.edit(desk.acknowledged(token, call.arrivedMs), id, (call.body ?? {}) as MessageBody, call.uploads),
    })),
    webhook(`DELETE ${path}`, (call, token, id) => {
      desk.remove(desk.acknowledged(token, call.arrivedMs), id);
      return { status: 204 };
    }),
  ];
  return [
    {
      template: "POST /interactions/{interaction_id}/{interaction_token}/callback",
      open: true,
      exemptFromGlobalLimit: true,
      handle: (call) =>
        byToken(call, "interaction_token", () => {
          const id = call.param("interaction_id");
          const body = call.body as Parameters<InteractionDesk["respond"]>[2];
          const answer = desk.respond(id, call.param("interaction_token"), body, call.uploads, call.arrivedMs);
          return call.query.get("with_response") === "true" ? { status: 200, body: answer } : { status: 204 };
        }),
    },
    webhook("POST /webhooks/{webhook_id}/{webhook_token}", (call, token) => ({
      status: 200,
      body: desk.followUp(desk.acknowledged(token, call.arrivedMs), call.body as MessageBody, call.uploads),
    })),
    ...onMessage(`${messages}/@original`),
    ...onMessage(`${messages}/{message_id}`),
  ];
}
