import { describe, expect, it } from "vitest";
import type { Logger } from "../../src/ports/logger.ts";
import { systemClock } from "../../src/system/clock.ts";
import { openPainter } from "../../src/system/painter.ts";
import { until } from "../kit/desk-rig.ts";
import { claim, cleanUpAfterEach, PLATFORMS, setStage } from "../kit/desk-stage.ts";
import { recordedOrSkip } from "../kit/recorded.ts";

cleanUpAfterEach();

const ENTER = "close crosses above ema(50) and rsi(14) < 65";
const EXIT = "close < ema(50)";
const YEAR_MAX_MS = 240_000;
const quiet = (): void => undefined;
const SILENT: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => SILENT };

describe("a rule of one's own", () => {
  it.for(PLATFORMS)(
    "is checked, tried on the whole of 2023 with its picture, made a bot and asked why, in %s",
    async (platform, context) => {
      const recording = recordedOrSkip(context, "market-data/binance-um-BTCUSDT-1m-2022-2023.csv.gz");
      const painter = openPainter({ clock: systemClock(), logger: SILENT });
      const stage = await setStage(platform, { painter, market: "as set", environment: { MARKET: `replay:BTC/USDT=${recording}` } });
      const { person, rig } = stage;
      await claim(stage);
      expect(await person.run(`strategy check rule:"${ENTER}"`)).toContain("In words");

      await person.run(
        `backtest run enter:"${ENTER}" exit:"${EXIT}" symbol:BTC/USDT timeframe:15m size:20% stop:2% take:none from:2023-01-01 to:2023-12-31`,
      );
      await until(() => rig.desk.opened.desk.state.backtests.length > 0, YEAR_MAX_MS);
      const shown = await person.run("backtest show id:t1");
      expect(shown).toMatch(/2023-01-01.*2024-01-01|2023-01-01.*2023-12-31/s);
      expect(shown).toMatch(/Entries \d{3,}/);
      if (platform !== "terminal") await until(() => /\.png|photo/.test(stage.outgoing()));

      const made = await person.run(
        `bot create symbol:BTC/USDT timeframe:15m name:own enter:"${ENTER}" exit:"${EXIT}" size:20% stop:2% take:none`,
      );
      expect(made).toContain("own is created");
      expect(await person.run("bot start bot:own")).toContain("own is running");
      await rig.move(24 * 60);
      const why = await person.run("bot why bot:own");
      expect(why).toContain("close crosses above ema(50)");
      await painter.close();
    },
  );
});
