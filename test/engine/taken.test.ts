import { describe, expect, it } from "vitest";
import { AppendRefused } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, openRig, startBot } from "../kit/engine-rig.ts";

const UP = [100, 102, 102, 102, 102];

describe("a process whose streams another one has taken", () => {
  const market = () => scripted({ "BTC/USDT": UP });

  it("ends with the first command that it cannot write, and does not refuse one command after the other", async () => {
    const store = openMemoryStore();
    const old = await openRig({ market: market(), store });
    const young = await openRig({ market: market(), store });
    await expect(old.engine.halt("by the old one", undefined, by("h1"))).rejects.toThrow(AppendRefused);
    expect(old.fatal).toEqual([expect.any(AppendRefused)]);
    expect(young.fatal).toEqual([]);
    expect(young.desk.state.halt).toBeUndefined();
  });

  it("ends, too, when only an account's stream was taken", async () => {
    const store = openMemoryStore();
    const old = await openRig({ market: market(), store });
    await startBot(old, { name: "mine" });
    await store.acquire("account:paper:discord:1");
    await expect(old.engine.stopBot("mine", false, by("s1"))).rejects.toThrow(AppendRefused);
    expect(old.fatal).toEqual([expect.any(AppendRefused)]);
  });
});
