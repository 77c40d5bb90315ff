import { describe, expect, it } from "vitest";
import { botButtons } from "../../src/chat/bot-cards.ts";
import { isClosing, priceNow, protectionNow } from "../../src/chat/protection-text.ts";
import { card } from "../../src/chat/view.ts";
import type { Protection } from "../../src/domain/bot.ts";
import { decimal, plain } from "../../src/domain/money.ts";
import { marketMs } from "../../src/domain/time.ts";
import type { BotFacts } from "../../src/ports/engine.ts";
import { played } from "../kit/played.ts";

const NONE: Protection = { stopPct: undefined, takePct: undefined, trailingPct: undefined };

/** A bot that bought at 102 and has seen 105 since. */
async function risen(protection: Partial<Protection>): Promise<BotFacts> {
  const rig = await played([100, 102, 102, 102, 105, 104.9, 104.9], { protection: { ...NONE, ...protection } });
  const bot = rig.engine.bot("one");
  if (!bot) throw new Error("the bot is gone");
  return bot;
}

describe("what protects a position", () => {
  it("on paper has its stop where the price has moved it to", async () => {
    const bot = await risen({ stopPct: 5, trailingPct: 2 });
    const [stop] = bot.orders;
    expect(stop?.price && plain(stop.price)).toBe("99.96");
    expect(stop && plain(priceNow(bot, stop)!)).toBe("102.9");
    expect(protectionNow(bot)).toBe("stop (trailing 2%) at 102.90 USDT, resting at the paper venue");
  });

  it("at a real exchange has the stop that rests there, and the one that the desk watches since it has moved", async () => {
    const { state, orders, account, price, unrealized, lastDecision } = await risen({ stopPct: 5 });
    const live = { ...state, spec: { ...state.spec, mode: "live" } } as const;
    const moved = { kind: "stop", what: "stop loss, moved up", price: decimal("102.9"), quantity: decimal(1), heldBy: "desk" } as const;
    expect(protectionNow({ state: live, orders, account, price, unrealized, lastDecision, exits: [moved] })).toBe(
      "stop at 96.90 USDT, resting at the LIVE venue; the desk watches the stop that has moved to 102.90 USDT",
    );
  });

  it("is said to be on its way out while all of it is being sold", async () => {
    const rig = await played([100, 102, 102, 102, 102], { protection: { ...NONE, stopPct: 5 } });
    const bot = () => rig.engine.bot("one")!;
    expect([isClosing(bot()), labelsOf(bot())]).toEqual([false, ["Stop", "Close now", "Show"]]);
    await rig.engine.closePosition("one", { requestId: "r1", user: "terminal:local" });
    expect(protectionNow(bot())).toBe("stop at 96.90 USDT, resting at the paper venue; being sold at market");
    expect(labelsOf(bot())).toEqual(["Stop", "Show"]);
  });

  it("is not on its way out while an exchange is to sell only a part", async () => {
    const bot = await risen({ stopPct: 5 });
    const wish = { purpose: "take", key: "x1", slotMs: marketMs(0), reason: "target", values: {}, tries: 0 } as const;
    const wanting = (exit: BotFacts["state"]["exit"]): BotFacts => ({ ...bot, state: { ...bot.state, exit } });
    expect(isClosing(wanting(wish))).toBe(true);
    expect(isClosing(wanting({ ...wish, keep: decimal("0.5") }))).toBe(false);
    expect(isClosing(wanting({ ...wish, parts: [1] }))).toBe(false);
  });
});

function labelsOf(bot: BotFacts): string[] {
  return botButtons(bot, card("one"))
    .view()
    .buttons.map(({ label }) => label);
}
