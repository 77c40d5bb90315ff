import { expect, it } from "vitest";
import type { MarketMs } from "../../src/domain/time.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, OWNER, openRig, startBot } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
const SETTING = { at: 1, reaction: "deny", span: "reset" } as const;
/** Bought at 102, sold at 96, and a signal to buy at 104. */
const LOSS_THEN_UP = [100, 102, 102, 102, 96, 96, 104, 104, 104];

it("a breaker that closed and opened again is not reset by who looked at its earlier opening", async () => {
  const rig = await openRig({ market: scripted({ [BTC]: [...LOSS_THEN_UP, 96, 96, 104, 104, 104, 96, 96, 104, 104] }) });
  await startBot(rig, { name: "one" });
  await rig.desk.append([{ type: "breaker-set", scope: "bot:b1", breaker: "losses", setting: SETTING, by: OWNER }]);
  const open = () => [...rig.books(OWNER).breakers.open.values()].map(({ breaker }) => breaker);
  const opening = () => [...rig.books(OWNER).breakers.open.values()][0];
  const reset = (sinceMs: MarketMs | undefined, request: string) =>
    rig.engine.breakers.reset(
      `paper:${OWNER}`,
      { breaker: "losses", scope: "bot:b1", ...(sinceMs && { sinceMs }) },
      "by hand",
      by(request),
    );
  await rig.move(6);
  const seen = opening();
  await reset(undefined, "somebody else");
  await rig.engine.moveMarket("end");
  expect(opening()?.sinceMs).toBeGreaterThan(seen?.sinceMs ?? 0);
  await expect(reset(seen?.sinceMs, "late")).rejects.toThrow("has opened again meanwhile, so nothing was reset");
  expect(open()).toEqual(["losses"]);
  await reset(opening()?.sinceMs, "told");
  expect(open()).toEqual([]);
});
