import { on, once } from "node:events";
import { get } from "node:http";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { MESSAGE_BYTES_MAX } from "../../src/http/api/live/limits.ts";
import { openApi } from "../../src/http/api.ts";
import { fillOf } from "../chat/delivery.rig.ts";
import { seededChance } from "../kit/fake-clock.ts";
import { FakeStreams } from "../kit/fake-streams.ts";
import { ApiRig, NO_METERS } from "./api/rig.ts";
import { isReachable, quietLogger } from "./kit.ts";

const open = async () => {
  const { desk, token } = await ApiRig.open().then(async (rig) => ({ desk: rig.desk, token: await rig.token("ci", "viewer") }));
  const parts = { clock: desk.clock, chance: seededChance(3), logger: quietLogger, version: "1", catalog: desk.door.catalog() };
  const api = await openApi({ ...parts, host: "127.0.0.1", port: 0 });
  const streams = new FakeStreams(desk.clock);
  streams.append("account:a", fillOf("b1", 1));
  const serve = () => api.serve(desk.door, NO_METERS, { streams, specOf: () => undefined });
  const connect = (headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
    new WebSocket(`${api.url}/api/live`, { headers });
  return { desk, api, streams, serve, connect };
};

/** The status and the sentence of a refusal. */
async function refusal(socket: WebSocket): Promise<[number | undefined, string]> {
  const [, response] = await once(socket, "unexpected-response");
  const parts: string[] = [];
  for await (const part of response) parts.push(String(part));
  return [response.statusCode, parts.join("")];
}

test("live updates come over a web socket, to who has a token", async () => {
  const { desk, api, streams, serve, connect } = await open();
  expect((await refusal(connect()))[0]).toBe(503);
  serve();
  expect(await refusal(connect({}))).toEqual([401, expect.stringContaining("access token")]);
  expect(await refusal(connect({ authorization: "Bearer ss-api-guess" }))).toEqual([401, expect.stringContaining("not known here")]);
  const plain = await fetch(`${api.url}/api/live`, { headers: { authorization: "Bearer ss-api-guess" } });
  expect(plain.status).toBe(401);
  const socket = connect();
  const messages = on(socket, "message");
  const next = async (): Promise<unknown> => JSON.parse(String((await messages.next()).value?.[0]));
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "subscribe", topics: ["fills", "alerts"], after: {} }));
  expect(await next()).toEqual({ type: "subscribed", topics: ["fills", "alerts"], cursors: { "account:a": 0 } });
  expect(await next()).toMatchObject({ type: "event", stream: "account:a", sequence: 1, alert: { kind: "fills" } });
  streams.append("account:a", fillOf("b1", 2));
  await desk.clock.advance(500);
  expect(await next()).toMatchObject({ sequence: 2 });
  const closed = once(socket, "close");
  const stopped = api.stop();
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([1001, expect.stringContaining("The desk stops")]);
  await stopped;
  expect(await isReachable(new URL(api.url))).toBe(false);
  expect(desk.clock.sleeping).toBe(0);
});

test("what is no subscription, and what is too large for one, closes the socket with a reason", async () => {
  const { api, serve, connect } = await open();
  serve();
  for (const [message, code] of [
    ["hello", 4400],
    ["x".repeat(MESSAGE_BYTES_MAX + 1), 1009],
  ] as const) {
    const socket = connect();
    await once(socket, "open");
    const closed = once(socket, "close");
    socket.send(message);
    expect((await closed)[0]).toBe(code);
  }
  await api.stop();
});

test("a program that never closes its side is cut when the desk stops", async () => {
  const { desk, api, serve, connect } = await open();
  serve();
  const socket = connect();
  await once(socket, "open");
  socket.pause();
  const stopped = api.stop();
  await desk.clock.advance(1_000);
  await stopped;
  socket.terminate();
});

test("a route that is no web socket answers as ever, whatever upgrade is offered", async () => {
  const { api, serve } = await open();
  serve();
  const offered = (path: string, upgrade: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { connection: "upgrade", upgrade, "sec-websocket-key": "x", "sec-websocket-version": "13" };
      const asked = get(`${api.url}${path}`, { headers }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      });
      asked.on("error", reject);
    });
  expect(await offered("/api/health", "h2c")).toBe(200);
  expect(await offered("/api/health", "websocket")).toBe(200);
  expect(await offered("/api/nothing", "websocket")).toBe(404);
  expect(await offered("/api/live", "h2c")).toBe(401);
  await api.stop();
});
