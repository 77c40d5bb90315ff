import { badRequest } from "../api-failure.ts";
import type { World } from "../world.ts";
import type { MethodTable } from "./table.ts";

export function answerMethods(world: World, callbackTimeoutMs: number): MethodTable {
  return {
    answerCallbackQuery: ({ callback_query_id, text, show_alert, url }) => {
      const press = world.presses.get(callback_query_id);
      const late = press && world.clock.nowMs() - press.pressedAtMs > callbackTimeoutMs;
      if (!press || late || press.answer) {
        throw badRequest("query is too old and response timeout expired or query ID is invalid");
      }
      press.answer = { text, show_alert, url };
      world.events.emit("answer", callback_query_id);
      return true;
    },
  };
}
