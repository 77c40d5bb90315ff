import { ADMIN, ChatDesk } from "../chat/door.ts";
import { scripted } from "../kit/engine-market.ts";
import { type EngineRig, openRig, startBot } from "../kit/engine-rig.ts";

export const BTC = "BTC/USDT";
/** May see and trade the bot `mine` of somebody else, and owns the bot `dip`. */
export const TRADER = "telegram:7";

/** A desk on which two bots of two people have bought and sold. */
export async function tradedDesk(): Promise<{ readonly rig: EngineRig; readonly desk: ChatDesk }> {
  const rig = await openRig({ market: scripted({ [BTC]: [100, 102, 102, 102, 102, 96, 96, 96, 96, 96] }) });
  const desk = await ChatDesk.open({ engine: rig.engine, desk: rig.desk });
  await desk.type("bot create name:mine symbol:btc strategy:ema-cross timeframe:1m start:yes");
  await rig.desk.append([{ type: "access-granted", user: TRADER, role: "trader", scope: "bot:mine", by: ADMIN }]);
  await startBot(rig, { name: "dip" }, TRADER);
  await rig.move(7);
  return { rig, desk };
}
