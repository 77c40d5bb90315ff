import { closeSync, copyFileSync, existsSync, openSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { storeCommand } from "../../src/app/store-commands.ts";
import { quietLogger } from "../http/kit.ts";
import { scripted } from "../kit/engine-market.ts";
import { type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { seededChance } from "../kit/fake-clock.ts";
import { Place } from "../stores/sqlite.kit.ts";

const BTC = "BTC/USDT";
/** Goes up, so that a bot enters and holds. */
const UP = [100, 102, 102, 102, 102, 102, 102, 102, 102, 102];

let place: Place;
let rig: EngineRig;
let backup: string;

beforeEach(async () => {
  place = new Place();
  backup = join(place.folder, "backup.sqlite");
  rig = await openRig({ market: scripted({ [BTC]: UP }), store: await place.open() });
  await startBot(rig, { name: "dip" });
  await rig.move(3);
});
afterEach(() => place.destroy());

function store(verb: string, file: string, target = place.file): Promise<string> {
  const config = { storeUrl: `sqlite:${target}`, storePassword: undefined, storeAdminPassword: undefined };
  return storeCommand({ config, clock: rig.clock, chance: seededChance(1), logger: quietLogger }, [verb, file]);
}

/** What lies in the test's folder, without what SQLite keeps beside a database that is read. */
const files = () => readdirSync(place.folder).sort();

describe("a backup", () => {
  it("is made while the desk has the store, folds to its books, and is for its owner alone", async () => {
    expect(await store("backup", backup)).toMatch(
      /^Backed up to .*: \d+ records, the newest of 20.*Z; they fold to 1 bots with 1 open positions; sha256 [0-9a-f]{16}\.\nThe key-encryption key is not in it/,
    );
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    await rig.move(2);
    expect(files()).toEqual(["backup.sqlite", "data"]);
    expect(rig.fatal).toEqual([]);
  });

  it("overwrites nothing, and leaves nothing where it could not be made", async () => {
    writeFileSync(backup, "mine");
    await expect(store("backup", backup)).rejects.toThrow(/backup.sqlite is there already. Name another file/);
    await expect(store("backup", join(place.folder, "no/such/folder"))).rejects.toThrow(/folder/);
    await expect(store("backup", `${backup}2`, `${place.file}-none`)).rejects.toThrow(/-none cannot be opened/);
    writeFileSync(join(place.folder, "words"), "no database, but words that are long enough for a header of one".repeat(20));
    await expect(store("backup", `${backup}2`, join(place.folder, "words"))).rejects.toThrow(/not a SQLite database/);
    expect(files()).toEqual(["backup.sqlite", "data", "words"]);
  });

  it("tells of records that are not what was written, and is made all the same", async () => {
    const shell = new DatabaseSync(place.file, { timeout: 1_000 });
    shell.exec(
      `UPDATE events SET body = replace(body, '"v":1', '"v": 1') WHERE sequence = 3 AND stream_id = (SELECT id FROM streams WHERE name LIKE 'account:%')`,
    );
    shell.close();
    expect(await store("backup", backup)).toContain(
      `Look into it: the records of paper:${OWNER} are not what was written, from record 3 on (broken).`,
    );
  });
});

describe("a restore", () => {
  it("brings back the books of the backup, in which the desk goes on", async () => {
    await store("backup", backup);
    const then = rig.summary(OWNER);
    await rig.stop("asked for");
    await place.closeAll();
    const elsewhere = join(place.folder, "elsewhere", "desk.sqlite");
    expect(await store("restore", backup, elsewhere)).toMatch(/^Restored .* they fold to 1 bots with 1 open positions/);
    const restored = await openRig({ market: scripted({ [BTC]: UP }), store: await place.open({ file: elsewhere }), clock: rig.clock });
    expect(restored.summary(OWNER)).toEqual(then);
    await restored.move(2);
    expect(restored.fatal).toEqual([]);
  });

  it("overwrites nothing: no store, no store that a desk has, and no remains of one", async () => {
    await store("backup", backup);
    await expect(store("restore", backup)).rejects.toThrow(/is in use by process/);
    await place.closeAll();
    await expect(store("restore", backup)).rejects.toThrow(/desk.sqlite is there already/);
    const remains = join(place.folder, "data", "new.sqlite");
    writeFileSync(`${remains}-wal`, "");
    await expect(store("restore", backup, remains)).rejects.toThrow(/new.sqlite-wal is there already/);
    expect(existsSync(remains)).toBe(false);
  });

  it("takes nothing that is no backup", async () => {
    const empty = join(place.folder, "empty.sqlite");
    writeFileSync(empty, "");
    const target = join(place.folder, "data", "new.sqlite");
    await expect(store("restore", empty, target)).rejects.toThrow(/empty.sqlite is empty/);
    await expect(store("restore", join(place.folder, "none"), target)).rejects.toThrow(/none cannot be opened/);
    expect(existsSync(target)).toBe(false);
  });
});

describe("a drill", () => {
  it("restores for trial, says how much is newer by now, and leaves everything as it was", async () => {
    await store("backup", backup);
    expect(await store("drill", backup)).toMatch(
      /can be restored, in \d+ s: .*\nThe store has 0 records more by now. Nothing was changed.$/,
    );
    await rig.engine.stopBot("dip", true, { requestId: "r", user: OWNER });
    expect(await store("drill", backup)).toMatch(/\nThe store has [1-9]\d* records more by now/);
    expect(await store("drill", backup, join(place.folder, "none.sqlite"))).toContain("There is no store");
    expect(files()).toEqual(["backup.sqlite", "data"]);
  });

  it("says in a sentence that there is no room beside the backup for it", async () => {
    await store("backup", backup);
    const handle = openSync(backup, "r");
    // The folder of all open files takes no other, not even from the administrator.
    const asked = store("drill", `/proc/self/fd/${handle}`);
    await expect(asked).rejects.toThrow(/a drill restores beside the backup, and \/proc\/self\/fd takes no folder .*Copy the backup/);
    closeSync(handle);
  });

  it("finds records that are not what was written where there is no store to compare the backup with", async () => {
    await store("backup", backup);
    const shell = new DatabaseSync(backup);
    shell.exec(`UPDATE events SET body = replace(body, '"v":1', '"v": 1') WHERE sequence = 3`);
    shell.close();
    await expect(store("drill", backup, join(place.folder, "none.sqlite"))).rejects.toThrow(
      /backup.sqlite may have been changed, and there is no store \S+none.sqlite to compare it with. Look into it: the records of .* from record 3 on/,
    );
    expect(files()).toEqual(["backup.sqlite", "data"]);
  });

  it("finds a backup that was changed, and one of another desk", async () => {
    await store("backup", backup);
    const changed = join(place.folder, "changed.sqlite");
    copyFileSync(backup, changed);
    const shell = new DatabaseSync(changed);
    shell.exec("UPDATE events SET body = replace(body, '102', '103') WHERE body LIKE '%order-filled%'");
    shell.close();
    await expect(store("drill", changed)).rejects.toThrow(
      /changed.sqlite is of no use: it is no copy of .*desk.sqlite, or one of the two was changed/,
    );
    const broken = new DatabaseSync(changed);
    broken.exec("UPDATE events SET body = 'nonsense' WHERE sequence = 2");
    broken.close();
    await expect(store("drill", changed)).rejects.toThrow(/record 2 of \S+ cannot be read/);
    expect(files()).toEqual(["backup.sqlite", "changed.sqlite", "data"]);
  });
});
