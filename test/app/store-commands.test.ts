import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { storeCommand } from "../../src/app/store-commands.ts";
import { copyStore, summaryOf } from "../../src/app/store-copy.ts";
import { ConfigError } from "../../src/domain/errors.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { quietLogger } from "../http/kit.ts";
import { FakeClock, seededChance } from "../kit/fake-clock.ts";
import { filledStore } from "../stores/filled.ts";
import { Place } from "../stores/sqlite.kit.ts";

const place = new Place();
afterEach(() => place.destroy());

it("copies a whole store, and back, with the same counts and the same hash", async () => {
  const first = await filledStore(openMemoryStore());
  const file = await place.open();
  const copied = await copyStore(first, file);
  expect(copied).toMatchObject({ streams: 2, events: 1_203, snapshots: 2, requests: 2, channels: 1 });
  const last = openMemoryStore();
  expect(await copyStore(file, last)).toEqual(copied);
  expect(await summaryOf(first)).toEqual(copied);
  expect(await last.undelivered("telegram:1")).toEqual(await first.undelivered("telegram:1"));
});

it("copies into nothing that holds something, and says when the copy is not equal", async () => {
  const first = await filledStore(openMemoryStore());
  await expect(copyStore(first, first)).rejects.toThrow(ConfigError);
  const forgetful = openMemoryStore();
  forgetful.saveSnapshot = async () => undefined;
  await expect(copyStore(first, forgetful)).rejects.toThrow(/the copy is not equal: .*"snapshots":2.* became .*"snapshots":0/);
});

it("copies from nothing that holds nothing, and makes no file where there is none", async () => {
  await expect(copyStore(openMemoryStore(), openMemoryStore())).rejects.toThrow(/the store to copy from holds nothing. Name the store/);
  const config = { storeUrl: "memory:", storePassword: undefined, storeAdminPassword: undefined };
  const [from, to] = [join(place.folder, "slip.sqlite"), join(place.folder, "new.sqlite")];
  const asked = storeCommand({ config, clock: new FakeClock(), chance: seededChance(1), logger: quietLogger }, [
    "migrate",
    `sqlite:${from}`,
    `sqlite:${to}`,
  ]);
  await expect(asked).rejects.toThrow(/there is no store \S+slip.sqlite to copy from. Check its path/);
  expect([from, to].map((file) => existsSync(file))).toEqual([false, false]);
});

it("a store command that is not understood says what there is", async () => {
  for (const words of [["backup"], ["backup", "a", "b"], ["burn", "a"], ["constructor", "a"], []]) {
    const config = { storeUrl: "memory:", storePassword: undefined, storeAdminPassword: undefined };
    const asked = storeCommand({ config, clock: new FakeClock(), chance: seededChance(1), logger: quietLogger }, words);
    await expect(asked).rejects.toThrow(/there is no such command. Write npm run store -- and then backup FILE/);
  }
});
