import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { processStage, QUICK_BOT } from "../kit/process-stage.ts";
import { freePort } from "../kit/services/server.ts";

const IDLE = 10_000;
/** Connections that are begun at once: more would wait in the queue of the system. */
const AT_ONCE = 250;
/** The desk has room for so many. */
const ROOM = 500;

const stage = processStage();
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

const opened = async (port: number): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  sockets.push(socket);
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
  return socket;
};

/** What comes back until the other side closes. */
const answerTo = async (port: number, bytes: string): Promise<string> => {
  const socket = (await opened(port)).setEncoding("utf8");
  socket.write(bytes);
  let text = "";
  for await (const part of socket) text += part;
  return text;
};

it("ten thousand idle sockets and slow senders keep nobody out and the trading untouched, and are cut", async () => {
  const port = await freePort();
  const desk = await stage.startUp({ MARKET: "simulated:42", MARKET_SPEED: "60", HTTP_ADDRESS: String(port) });
  await stage.run(desk, QUICK_BOT);
  const statuses: number[] = [];
  for (let count = 0; count < IDLE; count += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, async () => (await opened(port)).resume()));
    // A connection of its own: one that was kept from the last time is the first that makes room.
    statuses.push((await fetch(`http://127.0.0.1:${port}/api/health`, { headers: { connection: "close" } })).status);
  }
  // Up, also says that it beats, that the store writes and that the prices are fresh.
  expect(statuses).toEqual(Array(IDLE / AT_ONCE).fill(200));
  expect(sockets.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(ROOM + AT_ONCE);
  const stranger = (await opened(port)).setEncoding("utf8");
  stranger.write("POST /api/commands/panic HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{");
  // Who has no token is refused before the rest of a body is waited for.
  expect(String(await once(stranger, "data"))).toMatch(/^HTTP\/1.1 401 .*Send a token/s);
  stranger.destroy();
  const slow = await answerTo(port, "GET /api/health HTTP/1.1\r\nhost: x\r\nx-sl");
  expect(slow).toMatch(/^HTTP\/1.1 408 .*a whole one must arrive within 10 s/s);
  await Promise.all(sockets.filter(({ closed }) => !closed).map((socket) => once(socket, "close")));
  expect(await stage.run(desk, "bot show quick")).toContain("running");
  await stage.expectCleanEnd(desk, "SIGTERM");
});
