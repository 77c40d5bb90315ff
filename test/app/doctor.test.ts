import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Finding } from "../../src/app/doctor/finding.ts";
import { queueFindings } from "../../src/app/doctor/redis.ts";
import { type DoctorParts, type Examination, examine } from "../../src/app/doctor.ts";
import { encodeEvent } from "../../src/domain/event-codec.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";
import { systemClock } from "../../src/system/clock.ts";
import { canary, telegramCanary } from "../kit/canary/canary.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { DiscordCounterpart } from "../kit/discord/counterpart.ts";
import { BinancePublic } from "../kit/exchange-counterpart/binance-public.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { TelegramCounterpart } from "../kit/telegram/counterpart.ts";
import { RawServer } from "../venues/ccxt/raw-server.ts";

let folder: string;
let file: string;
const ended: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = temporaryFolder("doctor");
  file = join(folder, "desk.sqlite");
});
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
  discard(folder, { files: ["token"] });
});

function looked(settings: Record<string, string> = {}, parts: Partial<DoctorParts> = {}): Promise<Examination> {
  const at = {
    STORE_URL: `sqlite:${file}`,
    PANIC_FILE: join(folder, "PANIC"),
    LOG_FILE: join(folder, "log"),
    KEY_FILE: join(folder, "key"),
  };
  const readFile = (path: string) => {
    if (path === join(folder, "token")) return canary("Discord token");
    throw new Error("no such file");
  };
  const environment = { ...at, ...settings };
  return examine({ environment, readFile, clock: systemClock(), version: "1.2.3", envFile: join(folder, ".env"), exchanges: [], ...parts });
}

const about = ({ findings }: Examination, name: string): readonly Finding[] => findings.filter((each) => each.about === name);
const only = (examination: Examination, name: string): Finding => {
  const [first, ...more] = about(examination, name);
  if (first === undefined || more.length > 0) throw new Error(`expected one line about ${name} in ${examination.text}`);
  return first;
};

async function exchange(now = () => Date.now()): Promise<{ readonly counterpart: BinancePublic; readonly url: string }> {
  const counterpart = new BinancePublic(now);
  const url = await counterpart.listen();
  ended.push(() => counterpart.close());
  return { counterpart, url };
}

async function raw(answer: RawServer["answer"]): Promise<string> {
  const server = new RawServer();
  server.answer = answer;
  ended.push(() => server.close());
  return server.listen();
}

describe("a doctor", () => {
  test("finds nothing wrong where nothing is set up, and makes nothing", async () => {
    const examination = await looked();
    expect(examination.findings.filter(({ grade }) => grade !== "ok")).toEqual([]);
    expect(examination.isFit).toBe(true);
    expect(examination.text).toMatch(/^ok {4}versions {7}ScalpStorm 1\.2\.3, Node \d+/);
    expect(examination.text).toMatch(/\nAll is well\.\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("tries tokens, asks the exchange and compares the clock", async () => {
    const [discord, telegram, { counterpart, url }] = [
      await DiscordCounterpart.start(),
      await TelegramCounterpart.start({ token: telegramCanary() }),
      await exchange(),
    ];
    ended.push(
      () => discord.stop(),
      () => telegram.stop(),
    );
    const examination = await looked({
      ...{ DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl },
      ...{ TELEGRAM_TOKEN: telegram.token, TELEGRAM_API_URL: telegram.apiUrl },
      ...{ MARKET: "exchange:binance", BINANCE_API_URL: url },
    });
    expect(examination.text).not.toContain(discord.token);
    expect(only(examination, "discord").found).toMatch(/^the token is that of \w+/);
    expect(only(examination, "telegram").found).toMatch(/^the token is that of scalpstorm_bot/);
    expect(only(examination, "binance")).toMatchObject({ grade: "ok", found: expect.stringContaining("the counterpart at 127.0.0.1") });
    expect(only(examination, "clock")).toMatchObject({ grade: "ok", found: expect.stringContaining("127.0.0.1") });
    expect(counterpart.requests).toEqual(["/api/v3/time"]);
    expect(examination.isFit).toBe(true);
  });

  test("says what to do about a token that is refused, and shows nothing of it", async () => {
    const url = await raw((response) => response.writeHead(401).end(`no ${canary("Discord token")}`));
    writeFileSync(join(folder, "token"), canary("Discord token"), { mode: 0o600 });
    const examination = await looked({
      ...{ DISCORD_TOKEN_FILE: join(folder, "token"), DISCORD_API_URL: url },
      ...{ TELEGRAM_TOKEN: telegramCanary(), TELEGRAM_API_URL: url },
    });
    expect(only(examination, "discord")).toMatchObject({ grade: "fail", remedy: expect.stringContaining("DISCORD_TOKEN") });
    expect(only(examination, "telegram")).toMatchObject({ grade: "fail", remedy: expect.stringContaining("@BotFather") });
    expect(examination.isFit).toBe(false);
    expect(examination.text).not.toContain(canary("Discord token"));
    expect(examination.text).not.toContain(telegramCanary());
  });

  test("notices a clock that is five seconds off by the exchange's, and one that may be off by the date of an answer", async () => {
    const { url } = await exchange(() => Date.now() + 5_000);
    const wrong = await looked({ MARKET: "exchange:binance", EXCHANGE_API_URL: url });
    expect(only(wrong, "clock")).toMatchObject({
      grade: "fail",
      found: expect.stringMatching(/^it is (49|50)\d\d ms behind/),
      remedy: expect.any(String),
    });
    const late = await raw((response) => response.writeHead(200, { date: new Date(Date.now() - 9_000).toUTCString() }).end("{}"));
    const dated = await looked({ MARKET: "exchange:blofin", BLOFIN_API_URL: late });
    expect(only(dated, "clock")).toMatchObject({ grade: "fail", found: expect.stringContaining("ahead of") });
  });

  test("ends in time with what answers never, with half, and with nonsense", async () => {
    const clock = new FakeClock();
    const { counterpart, url } = await exchange();
    counterpart.spoil("stall", "/time");
    const examining = looked({ MARKET: "exchange:binance", BINANCE_API_URL: url }, { clock });
    while (counterpart.requests.length === 0) await clock.breathe();
    await clock.advance(4_000);
    const examination = await examining;
    expect(only(examination, "binance")).toMatchObject({ grade: "fail", found: expect.stringContaining("no answer within 4 s") });
    expect(only(examination, "clock").grade).toBe("warn");
    expect(clock.sleeping).toBe(0);
    for (const [kind, grade] of [
      ["reset", "fail"],
      ["html", "fail"],
      ["banned", "warn"],
      ["unavailable", "warn"],
    ] as const) {
      counterpart.spoil(kind, "/time");
      expect(only(await looked({ MARKET: "exchange:binance", BINANCE_API_URL: url }), "binance").grade, kind).toBe(grade);
    }
  });

  test("lists every fault of the settings and looks at the rest of them", async () => {
    const examination = await looked({ POSITION_CAP: "900%", HTTP_ADDRES: "1", TELEGRAM_TOKEN: "short", DISCORD_TOKEN_FILE: "/nowhere" });
    const found = about(examination, "configuration");
    expect(found.map(({ grade }) => grade)).toEqual(["fail", "fail", "fail", "fail"]);
    expect(found.map((each) => each.found).join("\n")).toMatch(
      /HTTP_ADDRES: there is no such setting.*DISCORD_TOKEN_FILE.*TELEGRAM_TOKEN.*POSITION_CAP/s,
    );
    expect(only(examination, "store").grade).toBe("ok");
    expect(examination.text).toContain("4 faults, 0 warnings.");
  });
});

describe("a store", () => {
  function made(path: string, sql: string): void {
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
  }

  async function filled(): Promise<void> {
    const store = await openSqliteStore({ file });
    ended.push(() => store.close());
    const { epoch } = await store.acquire("desk");
    const facts = { wallMs: wallMs(0), marketMs: marketMs(0), requestId: undefined };
    const registered = (account: string, exchange: string) =>
      encodeEvent({ ...facts, event: { type: "account-registered", account, owner: "discord:1", exchange } });
    const bodies = [
      registered("main", "binance"),
      registered("old", "blofin"),
      encodeEvent({ ...facts, event: { type: "account-unregistered", account: "old" } }),
    ];
    await store.append({ stream: "desk", epoch, expectedSequence: 0, bodies });
  }

  test("of a desk that runs is looked at beside it, and names the exchanges to ask", async () => {
    await filled();
    const { counterpart, url } = await exchange();
    const examination = await looked({ BINANCE_API_URL: url });
    expect(only(examination, "store")).toMatchObject({ grade: "ok", found: expect.stringContaining(`sound; process ${process.pid}`) });
    expect([only(examination, "binance").grade, about(examination, "blofin"), counterpart.requests.length]).toEqual(["ok", [], 1]);
  });

  test.each([
    ["is no database", (path: string) => writeFileSync(path, "hello, hello, hello, hello"), "is not a SQLite database"],
    ["belongs to another program", (path: string) => made(path, "CREATE TABLE a (b)"), "belongs to another program"],
    [
      "is of a newer build",
      (path: string) => made(path, `CREATE TABLE a (b); PRAGMA application_id = ${0x53_54_52_4d}; PRAGMA user_version = 99`),
      "was written by a newer build",
    ],
  ])("that %s keeps a desk from starting, and is left as it is", async (_, make, found) => {
    make(file);
    expect(only(await looked(), "store")).toMatchObject({
      grade: "fail",
      found: expect.stringContaining(found),
      remedy: expect.any(String),
    });
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test("in memory is a warning", async () => {
    expect(only(await looked({ STORE_URL: "memory:" }), "store").grade).toBe("warn");
  });
});

describe("a Redis through which processes of a desk tell each other", () => {
  test("is warned of where it evicts or forgets, and only where it says so", () => {
    const graded = (probe: Parameters<typeof queueFindings>[0]) => queueFindings(probe).map(({ grade, remedy }) => [grade, remedy]);
    expect(graded({ evictionPolicy: "volatile-ttl", isAppendOnly: true })).toEqual([["warn", expect.stringContaining("noeviction")]]);
    expect(graded({ evictionPolicy: "noeviction", isAppendOnly: false })).toEqual([["warn", expect.stringContaining("appendonly yes")]]);
    expect(graded({ evictionPolicy: "noeviction", isAppendOnly: true })).toEqual([]);
    expect(graded({ evictionPolicy: undefined, isAppendOnly: undefined })).toEqual([]);
  });
});

describe("a machine", () => {
  test("whose folder for the store is a file has no place to write", async () => {
    writeFileSync(join(folder, "data"), "");
    expect(about(await looked({ STORE_URL: `sqlite:${join(folder, "data", "deeper", "desk.sqlite")}` }), "disk")).toMatchObject([
      { grade: "fail" },
    ]);
  });

  test.skipIf(process.platform === "win32")("on which others may read what holds secrets says which file to close", async () => {
    writeFileSync(join(folder, "token"), canary("Discord token"));
    writeFileSync(join(folder, ".env"), "LOG_LEVEL=info\nTELEGRAM_TOKEN=1\n");
    writeFileSync(file, "");
    const url = await raw((response) => response.end("{}"));
    const settings = { DISCORD_TOKEN_FILE: join(folder, "token"), DISCORD_API_URL: url };
    const open = about(await looked(settings), "files");
    expect(open.map(({ grade, remedy }) => [grade, remedy])).toEqual([
      ["warn", `\`chmod 600 ${join(folder, "token")}\`.`],
      ["warn", `\`chmod 600 ${join(folder, ".env")}\`.`],
      ["warn", `\`chmod 600 ${file}\`.`],
    ]);
    for (const each of [join(folder, "token"), join(folder, ".env"), file]) chmodSync(each, 0o600);
    expect(about(await looked(settings), "files")).toMatchObject([{ grade: "ok" }]);
    writeFileSync(join(folder, "key"), "not a key");
    expect(about(await looked(settings), "files")).toMatchObject([
      { grade: "fail", found: expect.stringContaining("does not hold a key") },
    ]);
  });

  test("with a panic file is told what its next start does", async () => {
    mkdirSync(join(folder, "PANIC"));
    expect(only(await looked(), "panic")).toMatchObject({ grade: "warn", found: expect.stringContaining("closes every position") });
  });

  test("says whether the API has its address, whose it is, and who else could reach it", async () => {
    const taken = await raw((response) => response.end("hello"));
    const port = new URL(taken).port;
    expect(only(await looked({ HTTP_ADDRESS: port }), "api")).toMatchObject({
      grade: "fail",
      found: expect.stringContaining("EADDRINUSE"),
    });
    const desk = await raw((response) => response.end('{"status":"up"}'));
    expect(only(await looked({ HTTP_ADDRESS: new URL(desk).port }), "api").found).toContain("a desk answers");
    const waiting = await raw((response) => response.writeHead(503).end('{"status":"waiting"}'));
    expect(only(await looked({ HTTP_ADDRESS: new URL(waiting).port }), "api").found).toContain(
      "it waits while another process has the desk",
    );
    const free = await raw(() => undefined);
    await ended.pop()?.();
    expect(about(await looked({ HTTP_ADDRESS: `0.0.0.0:${new URL(free).port}` }), "api").map(({ grade }) => grade)).toEqual(["ok", "warn"]);
  });
});
