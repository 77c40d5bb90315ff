import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConnectionRoom } from "../../src/http/api/room.ts";

const MOST = 3;
const ASK = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

let server: Server;
let held: ServerResponse[];

beforeEach(async () => {
  held = [];
  server = createServer((request, response) => {
    if (request.url === "/held") held.push(response);
    else response.end("here");
  });
  new ConnectionRoom(server, MOST);
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** A connection that the server has seen. */
async function arrived(): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const seen = once(server, "connection");
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.on("error", () => undefined);
  await seen;
  return socket;
}

/** The answer to a question on a connection; undefined where it was closed instead. */
async function asked(socket: Socket, text = ASK): Promise<string | undefined> {
  socket.write(text);
  const [part] = await Promise.race([once(socket, "data"), once(socket.resume(), "close")]);
  return typeof part === "string" ? part : undefined;
}

const closed = (socket: Socket) => once(socket.resume(), "close");

test("one more than there is room for takes the place of the one that has asked nothing for longest", async () => {
  const [first, second, third] = [await arrived(), await arrived(), await arrived()];
  expect(await asked(first)).toContain("here");
  const gone = closed(second);
  const fourth = await arrived();
  await gone;
  for (const socket of [fourth, third, first]) expect(await asked(socket)).toContain("here");
});

test("idle ones, however many, keep nobody out who asks", async () => {
  for (let each = 0; each < 40; each += 1) await arrived();
  expect(await asked(await arrived())).toContain("here");
  server.getConnections((_, count) => expect(count).toBeLessThanOrEqual(MOST));
});

test("one whose answer is being made keeps its place; where all are like that, a new one is closed", async () => {
  const busy = [await arrived(), await arrived(), await arrived()];
  for (const socket of busy) socket.write(ASK.replace("/", "/held"));
  while (held.length < MOST) await once(server, "request");
  await closed(await arrived());
  const answers = busy.map((socket) => once(socket, "data"));
  for (const response of held) response.end("late");
  for (const [part] of await Promise.all(answers)) expect(part).toContain("late");
  expect(await asked(await arrived())).toContain("here");
});
