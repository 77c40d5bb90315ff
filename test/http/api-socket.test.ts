import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { openApi } from "../../src/http/api.ts";
import { ChatDesk } from "../chat/door.ts";
import { seededChance } from "../kit/fake-clock.ts";
import { FakeStreams } from "../kit/fake-streams.ts";
import { NO_METERS } from "./api/rig.ts";
import { isReachable, quietLogger } from "./kit.ts";

const open = async () => {
  const desk = await ChatDesk.open();
  const parts = { clock: desk.clock, chance: seededChance(3), logger: quietLogger, version: "1", catalog: desk.door.catalog() };
  return { desk, parts, api: await openApi({ ...parts, host: "127.0.0.1", port: 0 }) };
};

test("the API listens where it was told, is up once the desk is, and is gone after its stop", async () => {
  const { desk, api } = await open();
  expect((await fetch(`${api.url}/api/health`)).status).toBe(503);
  api.serve(desk.door, NO_METERS, { streams: new FakeStreams(desk.clock), specOf: () => undefined });
  const answer = await fetch(`${api.url}/api/health`);
  expect([answer.status, await answer.json()]).toEqual([200, { status: "up" }]);
  await api.stop();
  expect(await isReachable(new URL(api.url))).toBe(false);
  expect(desk.clock.sleeping).toBe(0);
});

test("a stop cuts a request that does not end", async () => {
  const { desk, api } = await open();
  const { port, hostname } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  const gone = once(socket.resume(), "close");
  await once(socket, "connect");
  socket.write("POST /api/commands/panic HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{");
  await fetch(`${api.url}/api/health/live`);
  const stopped = api.stop();
  await desk.clock.advance(1_000);
  await Promise.all([stopped, gone]);
});

/** What comes back for bytes, until the other side closes. */
async function answered(url: string, bytes: string): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  socket.on("error", () => undefined);
  socket.write(bytes);
  let text = "";
  for await (const part of socket) text += part;
  return text;
}

test.each([
  ["words", "hello\r\n\r\n", 400, "no HTTP request that is understood"],
  ["headers without an end", `GET /api/health HTTP/1.1\r\nhost: x\r\nx-long: ${"x".repeat(9_000)}\r\n\r\n`, 431, "at most 8192 bytes"],
  [
    "two lengths at once",
    "POST /api/positions HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
    "understood",
  ],
  ["two hosts", "GET /api/health HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400, "understood"],
])("%s are answered with a sentence, by no route, and cut", async (_, bytes, status, sentence) => {
  const { desk, api } = await open();
  const text = await answered(api.url, bytes);
  expect(text.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
  expect(text).toContain(sentence);
  expect(text).toContain("\r\nx-content-type-options: nosniff\r\n");
  expect(desk.log).toEqual([]);
  await api.stop();
});

test("an address that is taken refuses the start", async () => {
  const { parts, api } = await open();
  await expect(openApi({ ...parts, host: "127.0.0.1", port: Number(new URL(api.url).port) })).rejects.toThrow("EADDRINUSE");
  await api.stop();
});
