import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { canary } from "../kit/canary/canary.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { LiveWorld } from "../kit/process-live-world.ts";
import { QUICK_BOT } from "../kit/process-stage.ts";
import { Container, type ImageFacts, imageFacts, openToAll } from "../kit/services/container.ts";
import { Mongod } from "../kit/services/mongod.ts";
import { RedisServer } from "../kit/services/redis.ts";
import { freePort } from "../kit/services/server.ts";

const SECRETS = {
  store_password: canary("store password"),
  mongo_root_password: canary("store root password"),
  redis_password: canary("other secret"),
};
const DATA = "data";
const START_MAX_MS = 60_000;
/** Of a command, until there is an engine. */
const TRIES_MAX = 7;

const service = z.object({
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()),
  secrets: z.array(z.enum(["store_password", "mongo_root_password", "redis_password"])),
});
const stack = z.object({ services: z.record(z.string(), z.unknown()) });
const COMPOSE = stack.parse(parse(readFileSync(join(import.meta.dirname, "../../docker-compose.yml"), "utf8"), { merge: true }));

/** The services that the image is for, as docker-compose.yml has them, beside a MongoDB and a Redis that run on this machine and not in containers. */
describe("the stack's services of the image", () => {
  let image: ImageFacts;
  let mongod: Mongod;
  let redis: RedisServer;
  let world: LiveWorld;
  let folder: string;
  let port: number;
  let enginePort: number;
  const containers: Container[] = [];

  beforeAll(async () => {
    image = await imageFacts();
    folder = temporaryFolder("stack");
    for (const [name, text] of Object.entries(SECRETS)) writeFileSync(join(folder, name), text, { mode: 0o644 });
    // One volume of all of them, as in the file.
    mkdirSync(join(folder, DATA));
    openToAll(join(folder, DATA));
    [port, enginePort] = [await freePort(), await freePort()];
    redis = await RedisServer.start(SECRETS.redis_password);
    world = await LiveWorld.start({ seed: 1, draw: () => 1, exchanges: ["binance"] });
    // As the image of MongoDB leaves it at its first start: a root with a password, a key, and no set yet.
    mongod = await Mongod.start({ members: 1, isRaw: true });
    await mongod.command({ createUser: "root", pwd: SECRETS.mongo_root_password, roles: ["root"] });
    await mongod.member().end("SIGTERM");
    await mongod.startMember(0, { secured: true, isSet: true });
  });
  afterEach(async () => {
    for (const each of containers.splice(0)) await each.remove();
  });
  afterAll(async () => {
    await Promise.all([mongod.end(), redis.end(), world.stop()]);
    discard(folder, { files: Object.keys(SECRETS) });
  });

  /** A service in a container, with what the file says of it: only where it finds the others is another place. */
  function start(name: string, more: Readonly<Record<string, string>> = {}): Container {
    const { command, environment, secrets } = service.parse(COMPOSE.services[name]);
    // In the stack each has an address of its own; here all of them have this machine's.
    const address = `127.0.0.1:${name === "engine" ? enginePort : port}`;
    const places = { STORE_URL: mongod.url("scalpstorm", "desk"), REDIS_URL: redis.url, HTTP_ADDRESS: address };
    const moved = Object.entries(places).filter(([setting]) => environment[setting]);
    const written = Object.entries(environment).map(([setting, text]) => [setting, text.replace(/^\$\{\w+:-(.*)\}$/, "$1")]);
    const settings = { ...Object.fromEntries(written), ...Object.fromEntries(moved), ...more };
    const files = Object.fromEntries(secrets.map((secret) => [`/run/secrets/${secret}`, join(folder, secret)]));
    const container = new Container({ data: join(folder, DATA), settings, flags: command, network: "host", files });
    containers.push(container);
    return container;
  }
  const welcome = ({ desk }: Container) => desk.line(({ kind }) => kind === "welcome", "a welcome", START_MAX_MS);

  it("make the set and the user of the desk, once, and trade on it", async () => {
    for (const words of ["the user desk of scalpstorm was made", "the user desk of scalpstorm has this"]) {
      const { desk } = start("store-setup");
      expect(await desk.exited, desk.stderr).toEqual({ code: 0, signal: null });
      expect(desk.stdout).toContain(words);
    }
    const container = start("desk", { MARKET_SPEED: "3600" });
    await welcome(container);
    container.desk.type(QUICK_BOT);
    await container.desk.alert("quick sold");
    expect((await container.exec(...image.health)).code).toBe(0);
    expect(await container.desk.end()).toEqual({ code: 0, signal: null });
  });

  it("are a gateway and an engine: what is typed at the one runs in the other, both are well by the image's health check, and both end well", async () => {
    world.advance();
    // Books belong to the market that they were made on.
    const settings = { ...world.settings, STORE_URL: mongod.url("roles", "desk") };
    expect((await start("store-setup", settings).desk.exited).code).toBe(0);
    const gateway = start("gateway", settings);
    await welcome(gateway);
    const engine = start("engine", settings);
    expect(await doneBySomeEngine(gateway)).toBe("second is running");
    gateway.desk.type("system nodes");
    const nodes = (await gateway.desk.answer("system nodes")).view.table?.rows.map(([_name, role, , , , , hasDesk, accounts]) => [
      role,
      hasDesk,
      accounts,
    ]);
    expect(nodes).toEqual([
      ["gateway", "yes", "0"],
      ["engine", "-", "1"],
    ]);
    for (const each of [gateway, engine]) expect((await each.exec(...image.health)).code).toBe(0);
    expect(await engine.desk.end()).toEqual({ code: 0, signal: null });
    expect(await gateway.desk.end()).toEqual({ code: 0, signal: null });
  });
});

/** The answer to a command that an engine has to carry out. While none lives, each try is refused after ten seconds. */
async function doneBySomeEngine({ desk }: Container): Promise<string> {
  const command = "bot create name:second symbol:BTC/USDT strategy:ema-cross timeframe:1m size:10% start:yes";
  const answers = () => desk.shown.filter((line) => line.kind === "view" && line.command === command);
  for (let tries = 1; tries < TRIES_MAX; tries += 1) {
    desk.type(command);
    const answered = await desk.until(() => answers()[tries - 1], "an answer", START_MAX_MS);
    if (answered.view.tone === "good") return answered.view.title;
  }
  return answers().at(-1)?.view.title ?? "no answer";
}
