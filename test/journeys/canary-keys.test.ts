import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canary, encryptionKeyCanary, telegramCanary } from "../kit/canary/canary.ts";
import { leaksBelow, leaksOf } from "../kit/canary/watch.ts";
import { cleanUpAfterEach, onEnd } from "../kit/desk-stage.ts";
import { RoundTape } from "../kit/exchange/round-tape.ts";
import { ScriptedFaults } from "../kit/exchange/scripted-faults.ts";
import { ExchangeServer } from "../kit/exchange/server.ts";
import { spotListing } from "../kit/exchange/spot/listing.ts";
import { SpotCore } from "../kit/exchange/spot-core.ts";
import { SpotDoor } from "../kit/exchange/spot-door.ts";
import type { DeskProcess } from "../kit/process-desk.ts";
import { processStage } from "../kit/process-stage.ts";

cleanUpAfterEach();
const stage = processStage();

/** Nobody listens there: every request to it fails, and failures are what gets logged. */
const NOWHERE = "http://127.0.0.1:9";

/** One of each for every way in. */
const ENTERED = { apiKey: canary("exchange key"), secret: canary("exchange secret") };
const QUOTED = { apiKey: canary("quoted key"), secret: canary("quoted secret") };
const ON_PAGE = { apiKey: canary("page key"), secret: canary("page secret") };
const SETTINGS = {
  DISCORD_TOKEN: canary("Discord token"),
  TELEGRAM_TOKEN: telegramCanary(),
  HEARTBEAT_URL: `${NOWHERE}/ping/${canary("heartbeat address", 32)}`,
  KEY_ENCRYPTION_KEY: encryptionKeyCanary("key-encryption key"),
  KEY_ENCRYPTION_KEY_PREVIOUS: encryptionKeyCanary("previous key-encryption key"),
  KEY_PASSPHRASE: `${canary("key-encryption passphrase", 32)} that nobody knows`,
};

/** Throws where nothing catches, with every canary in its words, when it is told to. */
const BOMB = `process.on("SIGHUP", () => { throw new Error("a request could not be sent: " + process.env.LAST_WORDS, { cause: process.env.LAST_WORDS }); });`;

async function exchange(): Promise<{ url: string; faults: ScriptedFaults; server: ExchangeServer }> {
  const tape = new RoundTape({ BTCUSDT: 50_000 });
  const core = new SpotCore({ tape, listings: [spotListing("BTC", "USDT")], startMs: Date.now() });
  for (const { apiKey, secret } of [ENTERED, ON_PAGE]) core.openAccount({ key: apiKey, secret, balances: { USDT: "100" } });
  const faults = new ScriptedFaults();
  const server = new ExchangeServer({ doors: { "": new SpotDoor(core) }, now: () => Date.now(), faults });
  onEnd({ stop: () => server.close() });
  return { url: await server.listen(), faults, server };
}

/** Types a line and answers what is said to it next. Lines that have to do with keys are not repeated in what is shown. */
async function say(desk: DeskProcess, line: string, fits = /./): Promise<string> {
  const from = desk.shown.length;
  desk.type(line);
  const isAnswer = ({ kind, view }: DeskProcess["shown"][number]) => kind === "view" && fits.test(view.title);
  const { view } = await desk.until(() => desk.shown.slice(from).find(isAnswer), `an answer like ${fits}`);
  return [view.title, ...view.lines].join("\n");
}

/** Fills a form in on a script's lines; answers what is said in the end. */
async function enter(desk: DeskProcess, name: string, { apiKey, secret }: typeof ENTERED): Promise<string> {
  await say(desk, `account connect ${name} binance live`);
  await say(desk, `secret apiKey ${apiKey}`);
  return say(desk, `secret secret ${secret}`);
}

/** Fills the page of this machine in, as a browser does. */
async function enterOnPage(desk: DeskProcess, name: string): Promise<void> {
  const [url = ""] = /http:\/\/127\.0\.0\.1:\d+\/\w+/.exec(await say(desk, `account connect ${name} binance live`)) ?? [];
  const html = await (await fetch(url)).text();
  const [, formToken = ""] = /name="form-token" value="(\w+)"/.exec(html) ?? [];
  const body = new URLSearchParams({ "form-token": formToken, ...ON_PAGE });
  expect((await fetch(url, { method: "POST", body })).status).toBe(200);
  await desk.alert(`${name} (LIVE) has a key`);
}

test("keys from every way in lie in no view, no log, no error, no byte of the store and no note of a crash", async () => {
  const { url, faults, server } = await exchange();
  const bomb = join(stage.folder, "bomb.mjs");
  writeFileSync(bomb, BOMB);
  const secrets = [ENTERED, QUOTED, ON_PAGE].flatMap(({ apiKey, secret }) => [apiKey, secret]);
  const settings = {
    ...SETTINGS,
    BINANCE_API_URL: url,
    DISCORD_API_URL: `${NOWHERE}/api`,
    TELEGRAM_API_URL: NOWHERE,
    LOG_LEVEL: "debug",
    NODE_OPTIONS: `--import=${bomb}`,
    LAST_WORDS: [...secrets, ...Object.values(SETTINGS)].join(" "),
  };
  const desk = await stage.startUp(settings);
  expect(await enter(desk, "typed", ENTERED)).toContain("typed (LIVE) is connected");
  const quoting = { code: -9000, msg: `no account of ${QUOTED.apiKey} with ${QUOTED.secret}` };
  // The connected account reads on by itself: whichever of the two asks is answered so.
  const answered = { instead: { status: 400, headers: {}, body: JSON.stringify(quoting) } };
  for (const route of ["GET /sapi/v1/account/apiRestrictions", "GET /api/v3/account"]) faults.next(route, answered, 10);
  expect(await enter(desk, "quoted", QUOTED)).toMatch(/did not answer|could not be asked/);
  faults.clear();
  await enterOnPage(desk, "paged");
  // Keys in a command, in a line of nothing, and twice.
  for (const line of [`account connect other binance live ${ENTERED.apiKey} ${ENTERED.secret}`, `${ENTERED.apiKey} ${ENTERED.secret}`])
    expect(await say(desk, line)).toContain("That looks like an API key");
  expect(await say(desk, `secret apiKey ${ENTERED.apiKey}`)).toContain("No form is open here");
  expect(await stage.run(desk, "account list")).toContain("accounts");
  desk.signal("SIGHUP");
  expect(await desk.exited).toEqual({ code: 70, signal: null });

  const note = readFileSync(join(stage.folder, "data", "PANIC.crash"), "utf8");
  expect(note).toContain("a request could not be sent: [secret]");
  const again = await stage.startUp(settings);
  const { view } = await again.alert("The desk is back after a crash");
  expect(view.lines.join(" ")).toContain("Cause: a request could not be sent: [secret]");
  expect(await stage.run(again, "account list")).toContain("accounts");
  await again.end();

  expect(server.log.some(({ request }) => request.headers.get("x-mbx-apikey") === ON_PAGE.apiKey)).toBe(true);
  expect(existsSync(join(stage.folder, "data", "desk.sqlite"))).toBe(true);
  const printed = [desk, again].map(({ stdout, stderr }) => stdout + stderr).join("\n");
  expect([...leaksBelow(stage.folder), ...leaksOf("the output", Buffer.from(printed)), ...leaksOf("the note", Buffer.from(note))]).toEqual(
    [],
  );
});
