import { expect, it } from "vitest";
import { standBy } from "../../src/app/standby.ts";
import { ConfigError } from "../../src/domain/errors.ts";
import { SILENT } from "../../src/system/silent-logger.ts";
import { FakeClock } from "../kit/fake-clock.ts";

it("a process stands by for a store that two machines reach, and is told so for any other", async () => {
  for (const storeUrl of ["sqlite:data/desk.sqlite", "memory:"]) {
    const waiting = standBy({ config: { storeUrl, storePassword: undefined }, clock: new FakeClock(), logger: SILENT });
    await expect(waiting).rejects.toThrow(ConfigError);
    await expect(waiting).rejects.toThrow(/STANDBY: .*names one of this machine.* Name a MongoDB database in STORE_URL, or write no\./);
  }
});
