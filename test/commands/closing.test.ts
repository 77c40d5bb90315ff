import { expect, test } from "vitest";
import { ChatDesk, textOf } from "../chat/door.ts";
import { scripted } from "../kit/engine-market.ts";
import { openRig, startBot } from "../kit/engine-rig.ts";

test("a position that is being sold is said to be so by whatever is asked next, and is not offered for sale again", async () => {
  const rig = await openRig({ market: scripted({ "BTC/USDT": [100, 102, 102, 102, 102] }) });
  const desk = await ChatDesk.open({ engine: rig.engine, desk: rig.desk });
  await startBot(rig, { name: "dip" });
  await rig.move(4);
  expect(textOf(await desk.type("position list"))).not.toContain("being sold");
  await desk.type("position close dip");
  expect(textOf(await desk.type("position list"))).toContain("being sold at market");
  const shown = await desk.type("bot show dip");
  expect(textOf(shown)).toContain("being sold at market");
  const stopped = await desk.type("bot stop dip");
  expect(stopped.lines[0]).toMatch(/^It sells .* bought at 102\.00 USDT\.$/);
  for (const { buttons } of [shown, stopped]) expect(buttons.map(({ label }) => label)).not.toContain("Close now");
});
