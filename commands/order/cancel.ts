import { entryId } from "../../src/chat/args-venue.ts";
import { shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { isProtective } from "../../src/domain/order.ts";

export default defineCommand({
  summary: "Cancels a working entry; stops and targets stay with their position",
  role: "operator",
  rerun: true,
  args: { order: entryId.describe("Which order, by its id in `order list`") },
  async run({ args, visible, engine, caller }) {
    const bot = visible.find(({ orders }) => orders.some(({ clientOrderId }) => clientOrderId === args.order));
    const order = bot?.orders.find(({ clientOrderId }) => clientOrderId === args.order);
    if (!bot || !order) throw new UserError(`There is no working order ${args.order}; \`order list\` shows those that there are.`);
    if (isProtective(order))
      throw new UserError(`${args.order} protects the position of ${shownName(bot)}; \`position close ${bot.state.spec.name}\` ends both.`);
    await engine.cancelOrder(args.order, caller);
    return card(`The entry of ${shownName(bot)} is being canceled`)
      .good()
      .line("What it had bought before then is kept, with its protection; that would come as an alert.")
      .button("Orders", "order list");
  },
});
