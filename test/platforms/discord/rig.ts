import { afterEach, expect, vi } from "vitest";
import { Secret } from "../../../src/domain/secret.ts";
import { type DiscordOptions, openDiscord } from "../../../src/platforms/discord.ts";
import type { Logger } from "../../../src/ports/logger.ts";
import type { Platform } from "../../../src/ports/platform.ts";
import { DiscordCounterpart } from "../../kit/discord/counterpart.ts";
import { withRecordedJudge } from "../../kit/discord/recorded-judge.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { FakeDoor } from "./fake-door.ts";

/** What was logged, by level. */
export class Notes implements Logger {
  readonly lines: { level: string; facts: Record<string, unknown>; message: string }[] = [];
  debug = this.#keeper("debug");
  info = this.#keeper("info");
  warn = this.#keeper("warn");
  error = this.#keeper("error");

  child(): Logger {
    return this;
  }

  at(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.message);
  }

  #keeper(level: string) {
    return (facts: Record<string, unknown>, message: string): void => void this.lines.push({ level, facts, message });
  }
}

export interface Desk {
  readonly discord: DiscordCounterpart;
  readonly platform: Platform;
  readonly door: FakeDoor;
  readonly clock: FakeClock;
  /** The counterpart's clock, in milliseconds ahead of the real one. */
  readonly later: { ms: number };
  readonly notes: Notes;
  readonly failures: string[];
}

const opened: { stop(): Promise<void> }[] = [];
const judged: DiscordCounterpart[] = [];

/** Stops what a test started and asserts that every request was one that Discord takes. */
export function cleanUpAfterEach(): void {
  afterEach(async () => {
    const wrong = judged.splice(0).flatMap((discord) => discord.violations);
    for (const each of opened.splice(0).reverse()) await each.stop();
    expect(wrong).toEqual([]);
  });
}

export async function counterpart(port = 0): Promise<{ discord: DiscordCounterpart; later: { ms: number } }> {
  const later = { ms: 0 };
  const clock = { nowMs: () => Date.now() + later.ms };
  const discord = await DiscordCounterpart.start({ clock, port, ...withRecordedJudge });
  opened.push(discord);
  judged.push(discord);
  return { discord, later };
}

export interface Process {
  readonly platform: Platform;
  readonly door: FakeDoor;
  readonly clock: FakeClock;
  readonly notes: Notes;
  readonly failures: string[];
}

/** A platform that was started, whatever became of its connection. */
export async function begin(apiUrl: string, token: string, options: Partial<DiscordOptions> = {}): Promise<Process> {
  const process = { door: new FakeDoor(), clock: new FakeClock(), notes: new Notes(), failures: [] as string[] };
  const platform = openDiscord({
    token: new Secret(token),
    apiUrl,
    logger: process.notes,
    clock: process.clock,
    identifyThrottler: { waitForIdentify: async () => undefined },
    onFailure: (reason) => process.failures.push(reason),
    ...options,
  });
  opened.push(platform);
  await platform.start(process.door);
  return { ...process, platform };
}

/** A connected platform whose commands people find in their menu. */
export async function openDesk(): Promise<Desk> {
  const { discord, later } = await counterpart();
  const process = await begin(discord.apiUrl, discord.token);
  await until(() => process.platform.reachable && discord.commandsFor(discord.user).length > 0);
  return { discord, later, ...process };
}

/** Waits for something that crosses a real socket. */
export function until(holds: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(holds()).toBe(true), { timeout: 5_000, interval: 3 });
}

/** How often the API was asked so. */
export function calls(discord: DiscordCounterpart, method: string, path: RegExp): number {
  return discord.requests.filter((request) => request.method === method && path.test(request.path)).length;
}
