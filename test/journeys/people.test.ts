import { describe, expect, it } from "vitest";
import { base32, codeOf, fromBase32, STEP_MS, stepAt } from "../../src/chat/factors/totp.ts";
import { Secret } from "../../src/domain/secret.ts";
import { wallMs } from "../../src/domain/time.ts";
import { systemClock } from "../../src/system/clock.ts";
import { canary } from "../kit/canary/canary.ts";
import { ENTERED_AFTER } from "../kit/desk-market.ts";
import type { Person } from "../kit/desk-person.ts";
import { claim, cleanUpAfterEach, PLATFORMS, type PlatformName, type Stage, setStage, storeFile } from "../kit/desk-stage.ts";
import { testKey, testVault } from "../kit/test-vault.ts";

cleanUpAfterEach();

const CHATS = ["discord", "telegram"] as const;
const DENIED = "You may not do that here An admin of this desk can change that.";
const DIP = "bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:dip";

/** A desk that was claimed and has a bot named dip. */
async function deskWithDip(platform: PlatformName, file?: string): Promise<Stage> {
  const stage = await setStage(platform, file === undefined ? {} : { file });
  await claim(stage);
  expect(await stage.person.run(DIP)).toContain("dip is created");
  return stage;
}

/** Whoever makes a trader proves at the terminal that it is them. */
async function grant(stage: Stage, to: Person, role: string): Promise<void> {
  const asked = await stage.person.run(`access grant user:${to.id} role:${role}`);
  const answer = asked.includes("a second factor") ? await proven(stage, asked) : asked;
  expect(answer).toContain(`${to.id} is ${role}`);
}

async function proven({ rig, person }: Stage, asked: string): Promise<string> {
  const [code] = /access approve code:\w+/.exec(asked) ?? [];
  expect(await rig.admin.run(code ?? asked)).toContain("Approved");
  return person.press("Continue");
}

describe("a stranger", () => {
  it.each(CHATS)("may do nothing in %s, and learns nothing from being denied", async (platform) => {
    const stage = await deskWithDip(platform);
    const bob = stage.join("Bob");
    const asked = ["bot show bot:dip", "bot show bot:nosuch", "bot start bot:dip", "bot list", "position list", "stats today"];
    for (const line of [...asked, "panic", "system halt", "system health", "access list", DIP, "channel subscribe"]) {
      expect([line, await bob.run(line)]).toEqual([line, DENIED]);
    }
    expect(await bob.run("access link code:abcdefghijkl")).toContain("This desk has an owner already.");
    expect(stage.rig.desk.opened.engine.bot("dip")?.state.status).toBe("created");
  });

  it.each(CHATS)("cannot claim a desk in %s with a wrong code, and the owner still can", async (platform) => {
    const stage = await setStage(platform);
    const bob = stage.join("Bob");
    expect(await bob.run("access link code:abcdefghijkl")).toContain("That is not the code.");
    expect(await bob.run("bot list")).toContain("Nobody owns this desk yet");
    expect(await claim(stage)).toContain("The desk is yours");
  });
});

describe("a role", () => {
  it.each(CHATS)("of a viewer in %s shows everything and changes nothing, until it is revoked", async (platform) => {
    const stage = await deskWithDip(platform);
    const bob = stage.join("Bob");
    await grant(stage, bob, "viewer");
    expect(await bob.run("bot show bot:dip")).toContain("Status created");
    expect(await bob.run("bot list")).toContain("1 bot, 0 running");
    expect(await bob.run("bot start bot:dip")).toBe(DENIED);
    expect(await bob.run("bot stop bot:dip")).toBe(DENIED);
    expect(await stage.person.run(`access revoke user:${bob.id}`)).toContain(`${bob.id} lost 1 role`);
    expect(await bob.run("bot show bot:dip")).toBe(DENIED);
  });

  it.each(CHATS)("of an operator in %s halts, stops and panics, and creates nothing", async (platform) => {
    const stage = await deskWithDip(platform);
    const { rig, person } = stage;
    const bob = stage.join("Bob");
    await grant(stage, bob, "operator");
    expect(await bob.run("bot start bot:dip")).toBe(DENIED);
    expect(await bob.run("bot create symbol:ETH/USDT strategy:ema-cross timeframe:1m")).toBe(DENIED);
    await person.run("bot start bot:dip");
    await rig.move(ENTERED_AFTER);
    expect(await bob.run("system halt reason:news")).toContain("The desk is halted until system resume");
    expect(await person.nextAlert(/^New entries are halted/)).toContain(`By ${bob.id}`);
    expect(await bob.run("bot stop bot:dip")).toContain("dip is stopped It keeps 9.965 BTC bought at 100.35 USDT");
    expect(await bob.run("panic reason:fire")).toContain("Selling 1 position");
    await rig.move(2);
    await rig.beat();
    const sold = await person.nextAlert(/^Panic dip sold/);
    expect(sold).toContain("dip sold 9.965 BTC");
    expect(sold).not.toContain("Still held");
    expect(await person.nextAlert(/^Panic finished/)).toContain("verified flat");
    expect(await bob.run("system resume")).toBe(DENIED);
  });
});

describe("a confirmation", () => {
  it.each(CHATS)("in %s is taken from nobody but the person who was asked, and once", async (platform) => {
    const stage = await deskWithDip(platform);
    const { person, rig } = stage;
    const bob = stage.join("Bob");
    await grant(stage, bob, "trader");
    expect(await person.run("bot delete bot:dip")).toContain("Please confirm");
    bob.lookAt(person);
    expect(await bob.press("Yes, bot delete")).toContain("Only the person who was asked can confirm this.");
    expect(rig.desk.opened.engine.bot("dip")).toBeDefined();
    expect(await person.press("Yes, bot delete")).toContain("dip is deleted");
    expect(rig.desk.opened.engine.bot("dip")).toBeUndefined();
  });
});

describe("a second factor", () => {
  it.each(CHATS)("in %s is six digits typed there, once an authenticator is enrolled", async (platform) => {
    let aheadMs = 0;
    const real = systemClock();
    const clock = { ...real, wall: () => wallMs(real.wall() + aheadMs) };
    const stage = await setStage(platform, { clock });
    await claim(stage);
    const { person, rig } = stage;
    const seed = base32(Buffer.from(canary("seed of a second factor", 20)));
    const sealed = await testVault({ keyEncryptionKey: testKey(1), seed: 77 }).seal(`factor:${person.id}`, { seed: new Secret(seed) });
    await rig.desk.opened.desk.append([{ type: "factor-enrolled", user: person.id, sealed }]);
    // Codes of the time before this start count as used.
    aheadMs = 3 * STEP_MS;
    const bob = stage.join("Bob");
    expect(await person.run(`access grant user:${bob.id} role:trader`)).toContain("Type the 6 digits");
    expect(await person.type(codeOf(fromBase32(seed), stepAt(clock.wall()) + 7))).toContain("not the digits");
    expect(await person.type(codeOf(fromBase32(seed), stepAt(clock.wall())))).toContain(`${bob.id} is trader`);
  });

  it.each(CHATS)("in %s is nothing that the same chat can give, and a lock ends what waits for it", async (platform) => {
    const stage = await deskWithDip(platform);
    const { person, rig } = stage;
    const asked = await person.run("access totp");
    const [approve = ""] = /access approve code:\w+/.exec(asked) ?? [];
    expect(await person.run(approve)).toContain("asked on the same platform");
    expect(await person.run("access lock")).toContain(`is locked Every right is gone`);
    expect(await person.run("bot list")).toContain("Your access is locked");
    expect(await rig.admin.run(approve)).toContain("Nothing of yours waits");
    expect(rig.desk.opened.engine.bot("dip")).toBeDefined();
    expect(await rig.admin.run(`access unlock user:${person.id}`)).toContain("has their rights back");
    expect(await person.run("bot list")).toContain("1 bot");
  });
});

describe("a question", () => {
  it.each(PLATFORMS)("in %s is answered by typing, and asked again after a wrong answer", async (platform) => {
    const stage = await setStage(platform);
    const { person } = stage;
    await claim(stage);
    expect(await person.run("bot create symbol:BTC/USDT strategy:ema-cross")).toContain("Which timeframe?");
    expect(await person.type("7m")).toMatch(/Which timeframe\?.*expected one of 1m, 3m, .* found "?7m/);
    expect(await person.type("15m")).toContain("Symbol BTC/USDT Timeframe 15m");
  });

  it.each(CHATS)("in %s is not answered by somebody else", async (platform) => {
    const stage = await deskWithDip(platform);
    const bob = stage.join("Bob");
    await grant(stage, bob, "trader");
    await stage.person.run("bot create");
    bob.lookAt(stage.person);
    expect(await bob.press("BTC/USDT")).toContain("This question was put to somebody else.");
    expect(await stage.person.press("BTC/USDT")).toContain("Which strategy?");
  });
});

describe("an old button", () => {
  it.each(CHATS)("in %s still works after a restart when it is a command", async (platform) => {
    const file = storeFile();
    const stage = await deskWithDip(platform, file);
    const rig = await stage.restart("stop", { file, seed: 2 });
    expect(await stage.person.press("Start")).toContain("dip is running");
    expect(rig.desk.opened.engine.bot("dip")?.state.status).toBe("running");
  });

  it.each(CHATS)("in %s says after a restart that its question or confirmation is over", async (platform) => {
    const file = storeFile();
    const stage = await deskWithDip(platform, file);
    const { person } = stage;
    const cleo = stage.join("Cleo");
    await grant(stage, cleo, "trader");
    await person.run("bot create");
    await cleo.run("bot delete bot:dip");
    const rig = await stage.restart("stop", { file, seed: 2 });
    expect(await person.press("BTC/USDT")).toContain("This question is no longer open. Send the command again.");
    expect(await cleo.press("Yes, bot delete")).toContain("Nothing was done; send the command again.");
    expect(rig.desk.opened.engine.bot("dip")).toBeDefined();
  });
});
