import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { TransientError } from "../../../src/domain/errors.ts";
import { NotSent } from "../../../src/ports/platform.ts";
import { view } from "./fake-door.ts";
import { begin, calls, cleanUpAfterEach, counterpart, openDesk, until } from "./rig.ts";

const COMMANDS = /^\/applications\/\d+\/commands$/;

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("The start", () => {
  cleanUpAfterEach();

  test("does not wait for the network, and the platform comes up when Discord does", async () => {
    const port = await freePort();
    const { platform, clock, notes, failures } = await begin(`http://127.0.0.1:${port}/api`, "later");
    expect(platform.reachable).toBe(false);
    await until(() => notes.at("warn").length === 1);
    await clock.advance(1_000);
    await until(() => notes.at("warn").length === 2);
    expect(notes.lines.filter(({ level }) => level === "warn").map(({ facts }) => facts.delayMs)).toEqual([1_000, 2_000]);
    const { discord } = await counterpart(port);
    Object.defineProperty(discord.world, "token", { value: "later" });
    await clock.advance(2_000);
    await until(() => platform.reachable);
    expect(failures).toEqual([]);
  });

  test("with a wrong token gives up with one sentence that names the setting", async () => {
    const { discord } = await counterpart();
    const { platform, clock, notes, failures } = await begin(discord.apiUrl, "wrong");
    await until(() => failures.length === 1);
    await clock.advance(120_000);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain("DISCORD_TOKEN");
    expect(notes.at("error")).toEqual(failures);
    expect(platform.reachable).toBe(false);
    expect(calls(discord, "GET", /gateway/)).toBe(1);
    expect(JSON.stringify(notes.lines)).not.toContain("wrong");
    await expect(platform.send(discord.channel.id, view("x"), { nonce: "n" })).rejects.toBeInstanceOf(TransientError);
  });

  test("registers the commands once and leaves them alone when nothing changed", async () => {
    const { discord } = await openDesk();
    const next = await begin(discord.apiUrl, discord.token);
    await until(() => next.platform.reachable && calls(discord, "GET", COMMANDS) === 2);
    expect(calls(discord, "PUT", COMMANDS)).toBe(1);
    expect(discord.commandsFor(discord.user).sort()).toEqual(["account", "bot", "help"]);
  });

  test("goes on while the registration fails, which is tried again", async () => {
    const { discord } = await counterpart();
    discord.fault({ method: "PUT", pathPattern: COMMANDS, status: 500, times: 3 });
    const { platform, clock, notes } = await begin(discord.apiUrl, discord.token);
    await until(() => notes.at("warn").some((line) => line.includes("registered")));
    expect(discord.commandsFor(discord.user)).toEqual([]);
    await clock.advance(5_000);
    await until(() => discord.commandsFor(discord.user).length === 3 && platform.reachable);
  });
});

describe("The connection", () => {
  cleanUpAfterEach();

  test("is resumed after a cut, and what people did meanwhile is answered", async () => {
    const { discord, platform, notes } = await openDesk();
    discord.dropSockets();
    await until(() => !platform.reachable);
    await discord.slash(discord.user, "/bot create").settled();
    await until(() => platform.reachable);
    expect(discord.gateway.starts).toEqual(["identify", "resume"]);
    expect(notes.at("info")).toContain("connection to Discord resumed");
  });

  test("comes back after the session was thrown away", async () => {
    const { discord, platform } = await openDesk();
    discord.invalidateSessions(false);
    await until(() => discord.gateway.starts.length === 2);
    await until(() => platform.reachable);
    await discord.slash(discord.user, "/bot create").settled();
  });

  test("that is closed for good is begun anew", async () => {
    const { discord, platform, clock, notes } = await openDesk();
    discord.closeSockets(4_013);
    await until(() => notes.at("warn").some((line) => line.includes("trying again")));
    expect(platform.reachable).toBe(false);
    await clock.advance(1_000);
    await until(() => platform.reachable);
  });

  test("whose token is refused in mid-life ends, and the desk is told once", async () => {
    const { discord, platform, failures } = await openDesk();
    discord.fault({ pathPattern: /messages$/, status: 401, body: { code: 0, message: "401: Unauthorized" } });
    await expect(platform.send(discord.channel.id, view("x"), { nonce: "a" })).rejects.toBeInstanceOf(TransientError);
    await expect(platform.send(discord.channel.id, view("x"), { nonce: "b" })).rejects.toBeInstanceOf(NotSent);
    expect(platform.reachable).toBe(false);
    expect(failures).toHaveLength(1);
    await until(() => !discord.gateway.isConnected);
  });

  test("whose token is refused by the gateway ends, and the desk is told", async () => {
    const { discord, platform, failures } = await openDesk();
    discord.closeSockets(4_004);
    await until(() => failures.length === 1);
    expect(platform.reachable).toBe(false);
  });

  test("ends at once when the platform stops, and leaves no sleep behind", async () => {
    const { discord, platform, clock } = await openDesk();
    const beganMs = performance.now();
    await platform.stop();
    expect(performance.now() - beganMs).toBeLessThan(100);
    expect(platform.reachable).toBe(false);
    expect(clock.sleeping).toBe(0);
    await until(() => !discord.gateway.isConnected);
  });

  test("that is ended while it reconnects stays ended", async () => {
    const { discord, platform } = await openDesk();
    discord.dropSockets();
    await until(() => !platform.reachable);
    await platform.stop();
    // The library would come back half a second after the cut; a later one that is cut and resumes takes longer.
    const next = await begin(discord.apiUrl, discord.token);
    await until(() => next.platform.reachable);
    discord.dropSockets();
    await until(() => !next.platform.reachable);
    await until(() => next.platform.reachable);
    expect(discord.gateway.starts).toEqual(["identify", "identify", "resume"]);
  });

  test("that is ended while the gateway refuses it stays ended and harms nobody", async () => {
    const { discord } = await counterpart();
    discord.refuseGateway = true;
    const early = await begin(discord.apiUrl, discord.token);
    await until(() => calls(discord, "GET", /gateway/) === 1);
    await early.platform.stop();
    const refused = await begin(discord.apiUrl, discord.token);
    await until(() => refused.notes.at("warn").length > 0);
    await refused.platform.stop();
    discord.refuseGateway = false;
    const next = await begin(discord.apiUrl, discord.token);
    await until(() => next.platform.reachable);
    discord.dropSockets();
    await until(() => !next.platform.reachable);
    await until(() => next.platform.reachable);
    expect(discord.gateway.starts).toEqual(["identify", "resume"]);
  });

  test("can be ended while the API hangs", async () => {
    const { discord } = await counterpart();
    discord.fault({ pathPattern: /gateway/, status: "hang", times: 10 });
    const { platform, clock } = await begin(discord.apiUrl, discord.token);
    await until(() => calls(discord, "GET", /gateway/) === 1);
    await platform.stop();
    await until(() => clock.sleeping === 0);
    expect(calls(discord, "GET", /gateway/)).toBe(1);
  });
});
