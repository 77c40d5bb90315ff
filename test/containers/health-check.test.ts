import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { RawServer } from "../venues/ccxt/raw-server.ts";

const SCRIPT = join(import.meta.dirname, "../../bin/health.js");
let server: RawServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function exitCode(port: string, host = "0.0.0.0:"): Promise<unknown> {
  const child = spawn(process.execPath, [SCRIPT], { env: { HTTP_ADDRESS: `${host}${port}` }, stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}

it.each([
  ["that is up", 200, '{"status":"up"}', 0],
  ["that waits for the desk", 503, '{"status":"waiting"}', 0],
  ["that is down", 503, '{"status":"down"}', 1],
  ["that is something else", 503, "hello", 1],
])("a container with a process %s is judged by its own health check", async (_, status, body, code) => {
  server = new RawServer();
  server.answer = (response) => response.writeHead(status, { "content-type": "application/json" }).end(body);
  const { port } = new URL(await server.listen());
  expect(await exitCode(port)).toBe(code);
  expect(server.received.map(({ url }) => url.pathname)).toEqual(["/api/health"]);
});

it("a process is asked where it listens, which need not be every address", async () => {
  server = new RawServer();
  server.answer = (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"status":"up"}');
  const { port } = new URL(await server.listen());
  for (const host of ["", "127.0.0.1:", "[::]:"]) expect(await exitCode(port, host), host).toBe(0);
  // Nobody listens at this address of the machine, whoever listens at another one.
  expect(await exitCode(port, "127.0.0.2:")).toBe(1);
});

it("a container in which nobody answers is not well", async () => {
  const free = new RawServer();
  const { port } = new URL(await free.listen());
  await free.close();
  expect(await exitCode(port)).toBe(1);
});
