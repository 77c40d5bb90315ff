import { afterEach, expect, vi } from "vitest";
import { Secret } from "../../../src/domain/secret.ts";
import { openTelegram, type TelegramOptions } from "../../../src/platforms/telegram.ts";
import type { Logger } from "../../../src/ports/logger.ts";
import type { Platform } from "../../../src/ports/platform.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { recordedFile } from "../../kit/recorded.ts";
import { TelegramCounterpart } from "../../kit/telegram/counterpart.ts";
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

  #keeper(level: string) {
    return (facts: Record<string, unknown>, message: string): void => void this.lines.push({ level, facts, message });
  }
}

export interface Process {
  readonly platform: Platform;
  readonly door: FakeDoor;
  readonly clock: FakeClock;
  readonly notes: Notes;
  readonly failures: string[];
}

export interface Desk extends Process {
  readonly telegram: TelegramCounterpart;
}

const opened: { stop(): Promise<void> }[] = [];
const judged: TelegramCounterpart[] = [];
/** The second opinion, where the recorded file is at hand. */
const botApiSpecPath = recordedFile("specs/telegram-bot-api.json");

/** Stops what a test started and asserts that every request was one that Telegram takes. */
export function cleanUpAfterEach(): void {
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.stop();
    expect(judged.splice(0).flatMap((telegram) => telegram.violations)).toEqual([]);
  });
}

export async function counterpart(port = 0): Promise<TelegramCounterpart> {
  const telegram = await TelegramCounterpart.start({ port, ...(botApiSpecPath === undefined ? {} : { botApiSpecPath }) });
  opened.push(telegram);
  judged.push(telegram);
  return telegram;
}

/** A platform that was started, whatever became of its connection. */
export async function begin(
  apiUrl: string,
  token: string,
  options: Partial<TelegramOptions> = {},
  door = new FakeDoor(),
): Promise<Process> {
  const process = { door, clock: new FakeClock(), notes: new Notes(), failures: [] as string[] };
  const platform = openTelegram({
    token: new Secret(token),
    apiUrl,
    logger: process.notes,
    clock: process.clock,
    onFailure: (reason) => process.failures.push(reason),
    ...options,
  });
  opened.push(platform);
  await platform.start(process.door);
  return { platform, ...process };
}

/** A counterpart and a platform that polls it. */
export async function desk(options: Partial<TelegramOptions> = {}): Promise<Desk> {
  const telegram = await counterpart();
  const process = await begin(telegram.apiUrl, telegram.token, options);
  await until(() => telegram.isPolled);
  return { telegram, ...process };
}

/** Looks again and again until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(isSo()).toBe(true), { interval: 5, timeout: 5_000 });
}

/** Lets a request travel to the counterpart and back, so that everything sent before it has arrived. */
export async function roundTrip({ telegram, platform }: Desk): Promise<void> {
  const stranger = telegram.addUser("Bystander");
  await platform.send(
    String(telegram.privateChat(stranger).id),
    { title: "-", tone: "plain", lines: [], fields: [], buttons: [] },
    { nonce: "r" },
  );
}
