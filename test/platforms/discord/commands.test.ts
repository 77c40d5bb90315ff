import { describe, expect, test } from "vitest";
import type { DiscordCounterpart } from "../../kit/discord/counterpart.ts";
import { textOf } from "../../kit/discord/text.ts";
import { gate, view } from "./fake-door.ts";
import { begin, calls, cleanUpAfterEach, openDesk, until } from "./rig.ts";

const EPHEMERAL = 64;
const CALLBACK = /\/callback$/;

/** As commands were registered before there were contexts: wherever people chat. */
async function registerAnywhere({ apiUrl, token, world }: DiscordCounterpart, commands: readonly object[]): Promise<void> {
  const headers = { authorization: `Bot ${token}`, "content-type": "application/json" };
  const url = `${apiUrl}/v10/applications/${world.applicationId}/commands`;
  const { status } = await fetch(url, { method: "PUT", headers, body: JSON.stringify(commands) });
  expect(status).toBe(200);
}

describe("A slash command", () => {
  cleanUpAfterEach();

  test("is acknowledged, stored, run and answered by an edit", async () => {
    const { discord, door } = await openDesk();
    const asked = discord.slash(discord.user, "/bot create", { name: "dip", symbol: "BTC/USDT", stop: 0.0000001, close: true });
    expect(textOf(await asked.settled())).toContain("done: bot create");
    expect(asked.ack?.type).toBe(5);
    const [request] = door.handled;
    expect(request).toMatchObject({
      id: `discord:${asked.facts.id}`,
      path: "bot create",
      args: { name: "dip", symbol: "BTC/USDT", stop: "0.0000001", close: "yes" },
      user: { id: `discord:${discord.user.id}`, name: "ada" },
      place: { platform: "discord", id: `discord:${discord.channel.id}`, direct: false },
    });
    expect(door.accepted).toEqual(door.handled);
  });

  test("runs without arguments, so that the door can ask for them", async () => {
    const { discord, door } = await openDesk();
    await discord.slash(discord.user, "/bot create").settled();
    expect(door.handled[0]?.args).toEqual({});
  });

  test("in a direct message comes from a place where only that person reads", async () => {
    const { discord, door } = await openDesk();
    const channel = discord.direct(discord.user);
    await discord.slash(discord.user, "/help", {}, { channel }).settled();
    expect(door.handled[0]?.place).toEqual({ platform: "discord", id: `discord:${channel.id}`, direct: true });
  });

  test("in a chat of several people without a server is not offered, and comes from a place where others read", async () => {
    const { discord, door } = await openDesk();
    const channel = discord.world.groupChat("friends");
    expect(() => discord.slash(discord.user, "/help", {}, { channel })).toThrow("no command /help");
    await registerAnywhere(discord, [{ name: "help", description: "Helps" }]);
    await discord.slash(discord.user, "/help", {}, { channel }).settled();
    expect(door.handled[0]?.place).toEqual({ platform: "discord", id: `discord:${channel.id}`, direct: false });
  });

  test("with a private answer is deferred for that person only", async () => {
    const { discord } = await openDesk();
    const asked = discord.slash(discord.user, "/account balance");
    const answer = await asked.settled();
    expect((answer.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
    expect(discord.channelMessages()).toEqual([]);
  });

  test("that only reads is never stored", async () => {
    const { discord, door } = await openDesk();
    await discord.slash(discord.user, "/bot list").settled();
    expect(door.accepted).toEqual([]);
  });

  test("is acknowledged at once while the store is slow, and runs only after it", async () => {
    const { discord, door } = await openDesk();
    const store = gate<"new" | "seen">();
    door.onAccept = () => store.opened;
    const asked = discord.slash(discord.user, "/bot create", { name: "dip" });
    const ack = await asked.wait("ack");
    expect(ack.ackMs).toBeLessThan(1_000);
    expect(door.handled).toEqual([]);
    store.open("new");
    expect(textOf(await asked.settled())).toContain("done: bot create");
  });

  test("that could not be stored is not run and says so", async () => {
    const { discord, door } = await openDesk();
    door.onAccept = () => Promise.reject(new Error("disk full"));
    const answer = await discord.slash(discord.user, "/bot create").settled();
    expect(textOf(answer)).toContain("Nothing was done");
    expect(door.handled).toEqual([]);
  });

  test("that Discord delivers twice runs once", async () => {
    const { discord, door } = await openDesk();
    const asked = discord.slash(discord.user, "/bot create");
    discord.duplicate(asked);
    await asked.settled();
    await discord.slash(discord.user, "/help").settled();
    expect(door.handled.map((request) => request.path)).toEqual(["bot create", "help"]);
    expect(calls(discord, "POST", CALLBACK)).toBe(2);
  });

  test("that another process took first is left to it", async () => {
    const { discord, door } = await openDesk();
    const second = await begin(discord.apiUrl, discord.token);
    await until(() => second.platform.reachable);
    const taken = new Set<string>();
    const onAccept = async ({ id }: { id: string }) => (taken.size === taken.add(id).size ? ("seen" as const) : ("new" as const));
    door.onAccept = onAccept;
    second.door.onAccept = onAccept;
    await discord.slash(discord.user, "/bot create").settled();
    await until(() => second.door.accepted.length + door.accepted.length === 2);
    expect(second.door.handled.length + door.handled.length).toBe(1);
  });

  test("survives 10,000 characters from the person and in the answer", async () => {
    const { discord, door } = await openDesk();
    const long = "_*`@everyone ".repeat(800);
    door.onHandle = async ({ args }) =>
      view(args.name ?? "", {
        lines: [long, long],
        fields: [{ name: long, value: long }],
        table: { columns: [{ name: long, align: "left" }], rows: Array.from({ length: 500 }, () => [long]) },
        buttons: Array.from({ length: 40 }, (_, index) => ({ label: long, style: "plain" as const, action: `c:${index}` })),
      });
    const answer = await discord.slash(discord.user, "/bot create", { name: long.slice(0, 6_000) }).settled();
    expect(textOf(answer)).toContain("more rows");
    const form = discord.slash(discord.user, "/bot create", { name: "x".repeat(6_000) });
    await form.settled();
    expect(door.handled[1]?.args.name).toHaveLength(6_000);
  });
});

describe("Long work", () => {
  cleanUpAfterEach();

  test("edits its message at most once a second, the latest view wins, and nothing follows the final one", async () => {
    const { discord, door, clock } = await openDesk();
    const end = gate<void>();
    door.onHandle = async (_request, onProgress) => {
      onProgress(view("10 %"));
      onProgress(view("20 %"));
      await end.opened;
      onProgress(view("90 %"));
      return view("finished");
    };
    const asked = discord.slash(discord.user, "/bot create");
    await asked.until("20 %");
    end.open();
    await asked.until("finished");
    await clock.advance(10_000);
    await discord.slash(discord.user, "/help").settled();
    expect(asked.signals.all("shown").map((message) => textOf(message))).toEqual(["### 20 %", "### finished"]);
  });

  test("shows its next interim view when the second is over", async () => {
    const { discord, door, clock } = await openDesk();
    const shown = gate<(title: string) => void>();
    const end = gate<void>();
    door.onHandle = async (_request, onProgress) => {
      shown.open((title) => onProgress(view(title)));
      await end.opened;
      return view("finished");
    };
    const asked = discord.slash(discord.user, "/bot create");
    const show = await shown.opened;
    show("one");
    await asked.until("one");
    await until(() => clock.sleeping === 1);
    show("two");
    show("three");
    expect(asked.signals.all("shown")).toHaveLength(1);
    await clock.advance(1_000);
    await asked.until("three");
    end.open();
    await asked.until("finished");
    expect(asked.signals.all("shown")).toHaveLength(3);
  });

  test("that outlives its interaction is answered in the channel", async () => {
    const { discord, door, later } = await openDesk();
    const end = gate<void>();
    door.onHandle = async () => {
      await end.opened;
      return view("backtest is ready");
    };
    const asked = discord.slash(discord.user, "/bot create");
    await asked.wait("ack");
    later.ms = 16 * 60_000;
    end.open();
    expect(await discord.waitForMessage(discord.channel, "backtest is ready")).toBeDefined();
  });

  test("with a private answer that outlives its interaction goes to a direct message, not to the channel", async () => {
    const { discord, door, later } = await openDesk();
    const end = gate<void>();
    door.onHandle = async () => {
      await end.opened;
      return view("10,000 USDT");
    };
    const asked = discord.slash(discord.user, "/account balance");
    await asked.wait("ack");
    later.ms = 16 * 60_000;
    end.open();
    await discord.waitForMessage(discord.direct(discord.user), "10,000 USDT");
    expect(discord.channelMessages().map(textOf).join()).not.toContain("10,000 USDT");
  });

  test.each([50_007, 50_278])("whose private answer can go nowhere, by code %i, says only so in the channel", async (code) => {
    const { discord, door, later } = await openDesk();
    discord.fault({
      method: "POST",
      pathPattern: "/users/@me/channels",
      status: 403,
      body: { code, message: "Cannot send messages to this user" },
    });
    const end = gate<void>();
    door.onHandle = async () => {
      await end.opened;
      return view("10,000 USDT");
    };
    const asked = discord.slash(discord.user, "/account balance");
    await asked.wait("ack");
    later.ms = 16 * 60_000;
    end.open();
    expect(textOf(await discord.waitForMessage(discord.channel, "could not be shown"))).not.toContain("10,000");
  });

  test("is shown once the API is back when it was away at the end", async () => {
    const { discord, door, clock } = await openDesk();
    const end = gate<void>();
    door.onHandle = async () => {
      await end.opened;
      return view("finished");
    };
    const asked = discord.slash(discord.user, "/bot create");
    await asked.wait("ack");
    discord.fault({ method: "PATCH", pathPattern: "/webhooks/", status: 502, times: 3 });
    end.open();
    await until(() => calls(discord, "PATCH", /webhooks/) === 3);
    await until(() => clock.sleeping > 0);
    await clock.advance(1_000);
    await asked.until("finished");
  });
});

describe("Suggestions", () => {
  cleanUpAfterEach();

  test("come from the door with what was typed and filled in so far", async () => {
    const { discord, door } = await openDesk();
    door.onComplete = async () => [
      { value: "BTC/USDT", label: "Bitcoin" },
      { value: "x".repeat(101), label: "too long to be a value" },
    ];
    const choices = await discord.autocomplete(discord.user, "/bot create", { name: "dip", symbol: "BT" }, "symbol");
    expect(choices).toEqual([{ name: "Bitcoin", value: "BTC/USDT" }]);
    const [user, place] = [discord.user, discord.channel].map(({ id }) => `discord:${id}`);
    expect(door.completions).toEqual([{ path: "bot create", argument: "symbol", typed: "BT", user, args: { name: "dip" }, place }]);
  });

  test("are none when the door fails", async () => {
    const { discord, door } = await openDesk();
    door.onComplete = () => Promise.reject(new Error("no market"));
    expect(await discord.autocomplete(discord.user, "/bot create", {}, "symbol")).toEqual([]);
  });

  test("are none when the door takes too long, within what Discord waits", async () => {
    const { discord, door, clock } = await openDesk();
    door.onComplete = () => new Promise(() => undefined);
    const asked = discord.autocomplete(discord.user, "/bot create", {}, "symbol");
    await until(() => door.completions.length === 1);
    await clock.advance(2_000);
    expect(await asked).toEqual([]);
  });
});
