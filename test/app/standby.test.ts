import { expect, it } from "vitest";
import { standBy, startAgain } from "../../src/app/standby.ts";
import { ConfigError, StoreInUse } from "../../src/domain/errors.ts";
import { SILENT } from "../../src/system/silent-logger.ts";
import { FakeClock, seededChance } from "../kit/fake-clock.ts";

it("a process stands by for a store that two machines reach, and is told so for any other", async () => {
  for (const storeUrl of ["sqlite:data/desk.sqlite", "memory:"]) {
    const config = { storeUrl, storePassword: undefined, httpAddress: undefined };
    const waiting = standBy({ config, clock: new FakeClock(), chance: seededChance(1), logger: SILENT, version: "1" });
    await expect(waiting).rejects.toThrow(ConfigError);
    await expect(waiting).rejects.toThrow(/STANDBY: .*names one of this machine.* Name a MongoDB database in STORE_URL, or write no\./);
  }
});

it("one that stands by waits again when another one that waited was faster, and for nothing else", async () => {
  const inUse = new StoreInUse([{ setting: "STORE_URL", problem: "in use", remedy: "Wait." }]);
  const wrong = new ConfigError([{ setting: "STORE_URL", problem: "wrong", remedy: "Mend it." }]);
  const told: string[] = [];
  const starts = [inUse, inUse, undefined, wrong];
  const start = async () => {
    const failure = starts.shift();
    told.push("start");
    if (failure) throw failure;
    return "a desk";
  };
  const wait = async () => void told.push("wait");
  expect(await startAgain(start, wait)).toBe("a desk");
  expect(told).toEqual(["start", "wait", "start", "wait", "start"]);
  await expect(startAgain(start, wait)).rejects.toBe(wrong);
});
