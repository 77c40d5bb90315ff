import { expect, test } from "vitest";
import { ADMIN, ChatDesk, TERMINAL, textOf } from "../chat/door.ts";
import { scripted } from "../kit/engine-market.ts";
import { openRig, startBot } from "../kit/engine-rig.ts";

test("a resume names the accounts that a panic has not reached, whose positions would stay open", async () => {
  const rig = await openRig({ market: scripted({ "BTC/USDT": [100, 102, 102, 102, 102] }) });
  const desk = await ChatDesk.open({ engine: rig.engine, desk: rig.desk });
  await startBot(rig, { name: "dip" }, ADMIN);
  await rig.move(3);
  // As where no process has the account, so that nobody sells.
  await rig.desk.append([{ type: "halted", reason: "crash", untilMs: undefined, by: ADMIN, panic: true }]);
  expect(textOf(await desk.type("system resume"))).toContain(
    "The panic has not reached your paper account yet: what is held there stays open.",
  );
  // At the terminal it is not asked, so it is told.
  expect(textOf(await desk.type("system resume confirm:yes", "terminal:local", TERMINAL))).toContain("The panic had not reached");
  await rig.desk.append([{ type: "halted", reason: "crash", untilMs: undefined, by: ADMIN, panic: true }]);
  await rig.pulse.beat();
  await rig.clock.breathe();
  expect(textOf(await desk.type("system resume"))).not.toContain("has not reached");
});
