import { describe, expect, it } from "vitest";
import { claim, cleanUpAfterEach, PLATFORMS, setStage } from "../kit/desk-stage.ts";
import { FakePainter } from "../kit/fake-painter.ts";

cleanUpAfterEach();

const ENTER = "close crosses above ema(20)";
/** The story's prices turn upwards at its start: the average is crossed a few minutes later, and once. */
const MINUTES_TRIED = 60;

describe("a rule of one's own", () => {
  it.each(PLATFORMS)(
    "is checked, told of when it becomes true, tried on the past with its picture, made a bot, started and asked why, in %s",
    async (platform) => {
      const painter = new FakePainter();
      const stage = await setStage(platform, { painter });
      const { person, rig } = stage;
      await claim(stage);

      expect(await person.run(`strategy check rule:"${ENTER}"`)).toContain(
        "In words the close crosses above the exponential average of closes over 20 candles.",
      );
      expect(await person.run(`alert add symbol:BTC/USDT timeframe:1m rule:"${ENTER}"`)).toContain(`You are told here when ${ENTER}`);
      await rig.move(MINUTES_TRIED);
      expect(await person.nextAlert(/Alert a1/)).toMatch(
        /^Alert a1 BTC\/USDT 1m close crosses above ema\(20\) close [\d,.]+ crossed above ema\(20\)/,
      );
      expect(await person.run("alert remove alert:a1")).toContain("Alert a1 is removed");

      const tried = await person.run(
        `backtest run enter:"${ENTER}" exit:"close < ema(20)" symbol:BTC/USDT timeframe:1m size:"risk 1%" take:none`,
      );
      expect(tried).toContain("Backtest t1 rules on BTC/USDT 1m");
      expect(tried).toMatch(/Entries 1, in the market \d+\.\d\d% of the time/);
      if (platform === "terminal") expect(stage.outgoing()).toContain("t1: rules, BTC/USDT 1m");
      else expect(painter.asked.map(({ alt }) => alt).join()).toContain("t1: rules, BTC/USDT 1m");
      expect(await person.run("backtest list")).toMatch(/t1 (Bot )?rules/);

      const made = await person.run(
        `bot create symbol:BTC/USDT timeframe:1m name:own enter:"${ENTER}" exit:"close < ema(20)" size:"risk 1%" stop:2% take:none`,
      );
      expect(made).toContain("own is created");
      expect(await person.run("bot start bot:own")).toContain("own is running");
      await rig.move(1);
      const why = await person.run("bot why bot:own");
      expect(why).toContain("close crosses above ema(20)");
      expect(why).toMatch(/hold/i);
      expect(rig.desk.opened.engine.bot("own")?.state.status).toBe("running");

      expect(await person.run('bot set bot:own size:"risk 0.5%"')).toMatch(/risk 1% .*risk 0\.5%/s);
      expect(await person.run("bot pause bot:own")).toContain("own is paused");
      expect(await person.run("bot history bot:own")).toMatch(/paused by .*changed by .*started/s);
      expect(await person.run("bot start bot:own")).toContain("own is no longer paused");
      expect(await person.run("audit show what:requests last:5")).toContain("bot start bot:own");
      expect(await person.run("audit verify")).toMatch(/All \d+ records follow from one another/);
    },
  );
});
