import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Api, openApi } from "../../src/http/api.ts";
import { ChatDesk } from "../chat/door.ts";
import { seededChance } from "../kit/fake-clock.ts";
import { FakeStreams } from "../kit/fake-streams.ts";
import { ApiRig, NO_METERS } from "./api/rig.ts";
import { quietLogger } from "./kit.ts";

/** A small part of what the desk gives. */
const DEADLINES = { headersMs: 150, requestMs: 300, checkMs: 30 };
const BOT = '{"name":"slow","symbol":"BTC/USDT","strategy":"ema-cross","timeframe":"5m"}';

let desk: ChatDesk;
let api: Api;
let token: string;
const sockets: Socket[] = [];
const errors: unknown[] = [];

beforeEach(async () => {
  desk = await ChatDesk.open();
  token = await (await ApiRig.over(desk)).token("slow", "trader");
  errors.length = 0;
  const logger = { ...quietLogger, error: (facts: unknown) => void errors.push(facts) };
  const parts = { clock: desk.clock, chance: seededChance(3), logger, version: "1", catalog: desk.door.catalog() };
  api = await openApi({ ...parts, host: "127.0.0.1", port: 0, deadlines: DEADLINES });
  api.serve(desk.door, NO_METERS, { streams: new FakeStreams(desk.clock), specOf: () => undefined });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  const stopped = api.stop();
  await desk.clock.advance(1_000);
  await stopped;
});

async function opened(): Promise<Socket> {
  const { port, hostname } = new URL(api.url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  socket.on("error", () => undefined);
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

/** Sends the first piece at once and a byte after each answer to somebody else, until the other side closes; returns what came back. */
async function dripped(first: string, rest: string): Promise<string> {
  const socket = await opened();
  let text = "";
  let isClosed = false;
  socket.on("data", (part) => {
    text += String(part);
  });
  socket.on("close", () => {
    isClosed = true;
  });
  socket.write(first);
  for (const byte of rest) {
    if (isClosed) break;
    socket.write(byte);
    // With a token, because strangers may ask less often.
    expect((await fetch(`${api.url}/api/health/live`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  }
  if (!isClosed) await once(socket, "close");
  return text;
}

const createHead = (length: number) =>
  `POST /api/commands/bot/create HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

test("a body that drips in past the deadline is answered with 408 and cut, has no effect, and is no incident", async () => {
  // Each byte in time, all of them not.
  const answer = await dripped(createHead(BOT.length + 5_000), BOT + " ".repeat(4_000));
  expect(answer).toMatch(/^HTTP\/1\.1 408 .*\r\nconnection: close\r\n.*took too long/s);
  expect([desk.engine.bots(), desk.engine.effects, errors]).toEqual([[], [], []]);
});

test("headers that drip in past the deadline are answered with 408 and cut", async () => {
  const answer = await dripped("GET /api/health HTTP/1.1\r\nhost: x\r\nx-slow: ", "y".repeat(4_000));
  expect(answer).toMatch(/^HTTP\/1\.1 408 .*took too long/s);
  expect(errors).toEqual([]);
});

test("a connection on which nothing ever comes is cut, and so is one whose second request never ends", async () => {
  const silent = await opened();
  const again = await opened();
  again.write("GET /api/health/live HTTP/1.1\r\nhost: x\r\n\r\n");
  expect(String(await once(again, "data"))).toMatch(/^HTTP\/1\.1 200 /);
  const gone = [silent, again].map((socket) => once(socket.resume(), "close"));
  again.write(createHead(10));
  await Promise.all(gone);
  expect(desk.engine.effects).toEqual([]);
});

test("commands of others run while slow senders hold their connections", async () => {
  const slow = await Promise.all(Array.from({ length: 40 }, opened));
  for (const socket of slow) socket.write(createHead(1_000));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${api.url}/api/commands/bot/create`, { method: "POST", headers, body: BOT });
  expect(answer.status).toBe(200);
  expect(desk.engine.bots().map(({ state }) => state.spec.name)).toEqual(["slow"]);
  await Promise.all(slow.map((socket) => (socket.closed ? undefined : once(socket.resume(), "close"))));
  expect(errors).toEqual([]);
});
