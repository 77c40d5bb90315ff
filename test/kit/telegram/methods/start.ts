import type { UpdateQueue } from "../updates.ts";
import type { Webhook } from "../webhook.ts";
import type { World } from "../world.ts";
import type { MethodTable } from "./table.ts";

export function startMethods(world: World, updates: UpdateQueue, webhook: Webhook): MethodTable {
  return {
    getMe: () => world.bot,
    getUpdates: async (args, { gone }) => {
      webhook.refusePolling();
      updates.allow(args.allowed_updates);
      return await updates.get(args.offset ?? 0, args.limit ?? 100, args.timeout ?? 0, gone);
    },
    setWebhook: (args) => {
      webhook.set(args);
      return true;
    },
    deleteWebhook: (args) => {
      webhook.remove();
      if (args.drop_pending_updates) updates.forget();
      return true;
    },
    getWebhookInfo: () => webhook.info(),
    logOut: () => true,
    close: () => true,
  };
}
