import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scripted } from "../kit/engine-market.ts";
import { OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { Place } from "../stores/sqlite.kit.ts";

const BTC = "BTC/USDT";
const ACCOUNT = `account:paper:${OWNER}`;
const SCRIPT = join(import.meta.dirname, "../kit/audit-check.py");

let place: Place;

beforeEach(() => {
  place = new Place();
});
afterEach(() => place.destroy());

const market = () => scripted({ [BTC]: [100, 102, 102, 102, 102, 96, 96, 96, 96, 96] });

/** What the script in another language says of the file, and how it ended. */
function fromOutside(): { readonly lines: readonly string[]; readonly status: number | null } {
  const { stdout, stderr, status } = spawnSync("python3", [SCRIPT, place.file], { encoding: "utf8" });
  expect(stderr).toBe("");
  return { lines: stdout.trim().split("\n"), status };
}

async function traded(): Promise<void> {
  const rig = await openRig({ market: market(), store: await place.open() });
  await startBot(rig, { name: "dip" });
  await rig.move(8);
  await rig.stop("asked for");
  await place.closeAll();
}

async function verdicts() {
  const rig = await openRig({ market: market(), store: await place.open() });
  return rig.engine.audit.verify("whole", []);
}

describe("the records in a SQLite file", () => {
  test("are followed alike by the desk and by a script that knows nothing of it", async () => {
    await traded();
    const outside = fromOutside();
    expect(outside.status).toBe(0);
    const [account] = await verdicts();
    expect(account).toMatchObject({ fault: undefined, beganAt: 1 });
    const { sequence, link = "" } = account?.end ?? { sequence: 0, link: undefined };
    expect(outside.lines[0]).toBe(`${ACCOUNT}: ${sequence} records, chained from record 1, head ${sequence}:${link.slice(0, 16)}`);
  });

  test.each([
    ["changed", "UPDATE events SET body = replace(body, '\"v\":1', '\"v\": 1') WHERE sequence = 5 AND stream_id = ?"],
    ["deleted", "DELETE FROM events WHERE sequence = 5 AND stream_id = ?"],
  ])("that somebody %s with a shell are named by both, after the start that found them", async (_, statement) => {
    await traded();
    const database = new DatabaseSync(place.file);
    const { id } = database.prepare("SELECT id FROM streams WHERE name = ?").get(ACCOUNT) as { id: number };
    database.prepare(statement).run(id);
    database.close();
    expect((await verdicts())[0]?.fault?.sequence).toBe(5);
    const { lines, status } = fromOutside();
    expect([status, lines[0]]).toEqual([1, expect.stringContaining("BROKEN: record 5")]);
  });
});
