import { expect, it } from "vitest";
import { refuseAnotherMarket } from "../../src/app/one-market.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { openRig, startBot } from "../kit/engine-rig.ts";

it("refuses another market than that of the paper accounts of a store, and takes theirs and any where there is none", async () => {
  const store = openMemoryStore();
  await refuseAnotherMarket(store, "exchange:binance");
  const market = scripted({ "BTC/USDT": [100, 101, 102] });
  await startBot(await openRig({ market, store }), { name: "dip" });
  await refuseAnotherMarket(store, market.key);
  await expect(refuseAnotherMarket(store, "exchange:binance")).rejects.toThrow(
    /^MARKET: the paper account of \S+ trades on ".+", and this start asks for "exchange:binance". Set MARKET back/,
  );
});
