import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { telegramCanary } from "../kit/canary/canary.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { factsOf } from "../kit/process-books.ts";
import { QUICK_BOT } from "../kit/process-stage.ts";
import { Container, type ContainerOptions, type ImageFacts, imageFacts, openToAll } from "../kit/services/container.ts";

/** What a start may take where the machine has other work: a fresh container compiles all sources. */
const START_MAX_MS = 60_000;
/** What the end of a desk may take, the engine's own part of ending a container aside. */
const STOP_MAX_MS = 5_000;

let image: ImageFacts;
let data: string;
const containers: Container[] = [];
beforeAll(async () => {
  image = await imageFacts();
});
beforeEach(() => {
  data = temporaryFolder("image");
  openToAll(data);
});
afterEach(async () => {
  for (const each of containers.splice(0)) await each.remove();
  discard(data);
});

function start(options: Partial<ContainerOptions> = {}): Container {
  const container = new Container({ data, settings: { MARKET: "simulated", MARKET_SPEED: "3600" }, ...options });
  containers.push(container);
  return container;
}

async function startUp(options: Partial<ContainerOptions> = {}): Promise<Container> {
  const container = start(options);
  await container.desk.line(({ kind }) => kind === "welcome", "a welcome", START_MAX_MS);
  return container;
}

/** The health check that the image itself names, by its exit code. */
const healthOf = async (container: Container) => (await container.exec(...image.health)).code;

describe("a container of the image", () => {
  it("is well by its own health check, trades, keeps its books in /data, and ends within five seconds on SIGTERM", async () => {
    const container = await startUp();
    const { desk } = container;
    desk.type(QUICK_BOT);
    await desk.alert("quick sold");
    expect(await healthOf(container)).toBe(0);
    const askedMs = performance.now();
    expect(await desk.end()).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedMs).toBeLessThan(STOP_MAX_MS);
    const facts = factsOf(join(data, "desk.sqlite"));
    expect(facts.filter(({ event }) => event.type === "order-filled").length).toBeGreaterThan(1);
    expect(facts.findLast(({ stream }) => stream === "desk")?.event).toMatchObject({ type: "desk-stopped", reason: "SIGTERM" });
    expect(existsSync(join(data, "desk.sqlite.holder.json"))).toBe(false);
  });

  it("goes on with the books of the one before it", async () => {
    const first = await startUp();
    first.desk.type(QUICK_BOT);
    await first.desk.alert("quick bought");
    await first.desk.end();
    const next = await startUp();
    next.desk.type("bot show bot:quick");
    const { view } = await next.desk.answer("bot show bot:quick");
    expect(view.title).toContain("quick");
  });

  it("has no rights and can gain none, and writes to /data and /tmp alone", async () => {
    const container = await startUp();
    const status = (await container.exec("cat", "/proc/1/status")).stdout;
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) expect(status).toMatch(new RegExp(`^${set}:\\t0+$`, "m"));
    const tried = ["/", "/data", "/etc", "/home/node", "/opt/scalpstorm", "/run", "/tmp", "/usr/local/bin", "/var/tmp"];
    const script = 'for folder; do if touch "$folder/written" 2>/dev/null; then echo "$folder"; fi; done';
    expect((await container.exec("sh", "-c", script, "sh", ...tried)).stdout.trim().split("\n")).toEqual(["/data", "/tmp"]);
    expect(image.user).toBe("node");
  });

  it("ends when it is asked to while it still loads, though the first process of a container ignores what it does not handle", async () => {
    const loading = join(data, "main.ts");
    writeFileSync(loading, 'process.stderr.write("loads\\n");\nawait new Promise((resolve) => setTimeout(resolve, 60_000));\n');
    const { desk } = start({ files: { "/opt/scalpstorm/src/main.ts": loading } });
    await desk.until(() => desk.stderr.includes("loads") || undefined, "a process that loads", START_MAX_MS);
    expect(await desk.end()).toEqual({ code: 143, signal: null });
  });

  it("is told by the doctor of no token that it was handed in, closed to others by the folder around it", async () => {
    const token = join(data, "telegram-token");
    writeFileSync(token, telegramCanary(), { mode: 0o644 });
    const settings = { TELEGRAM_TOKEN_FILE: "/secrets/telegram-token", STORE_URL: "memory:" };
    const { desk } = start({ files: { "/secrets/telegram-token": token }, settings, flags: ["--doctor"] });
    await desk.exited;
    rmSync(token);
    expect(desk.stdout).toContain("nobody else may read what holds secrets");
  });

  it("is not well by its health check while the desk does not answer", async () => {
    const container = await startUp({ settings: { MARKET: "simulated", HTTP_ADDRESS: "" } });
    expect(await healthOf(container)).toBe(1);
  });
});

describe("a container whose /data cannot be written", () => {
  const REASONS: readonly [string, () => Partial<ContainerOptions>][] = [
    ["is read-only", () => ({ dataReadOnly: true })],
    ["is another user's", () => ({ data: closedFolder() })],
  ];
  it.each(REASONS)("because it %s, refuses to start in two sentences that say what to do", async (_why, options) => {
    const { desk } = start(options());
    expect(await desk.exited).toEqual({ code: 1, signal: null });
    expect(desk.stderr.trim()).toBe(
      "STORE_URL: the store /data/desk.sqlite cannot be opened or created. Name a file in a folder that this user may write.",
    );
    expect(desk.stdout).toBe("");
  });
});

/** What only the user of this test may write to. */
function closedFolder(): string {
  const closed = join(data, "closed");
  mkdirSync(closed, { mode: 0o755 });
  return closed;
}
