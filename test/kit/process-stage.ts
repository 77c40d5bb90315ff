import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { discard, temporaryFolder } from "./canary/watch.ts";
import { factsOf } from "./process-books.ts";
import { DeskProcess, type DeskProcessOptions } from "./process-desk.ts";

/** A command line that makes a bot which trades within its first market hour. */
export const QUICK_BOT = 'bot create name:quick symbol:BTC/USDT strategy:ema-cross timeframe:1m params:"fast=3 slow=8" size:10% start:yes';

/** What a shutdown may take. */
const STOP_MAX_MS = 5_000;

type Settings = Record<string, string>;

/** A folder for one test with the desk processes that run in it. Registers its own set-up and clean-up. */
export function processStage() {
  const started: DeskProcess[] = [];
  const stage = {
    folder: "",
    start(settings: Settings = {}, options: Partial<DeskProcessOptions> = {}): DeskProcess {
      const desk = new DeskProcess({ folder: stage.folder, settings, keepOpen: true, ...options });
      started.push(desk);
      return desk;
    },
    /** A desk that has said welcome. */
    async startUp(settings: Settings = {}, options: Partial<DeskProcessOptions> = {}): Promise<DeskProcess> {
      const desk = stage.start(settings, options);
      await desk.line(({ kind }) => kind === "welcome", "a welcome");
      return desk;
    },
    /** The answer to a command as one text. */
    async run(desk: DeskProcess, command: string): Promise<string> {
      desk.type(command);
      const { view } = await desk.answer(command);
      return [view.title, ...view.lines, ...view.fields.map(({ name, value }) => `${name}: ${value}`)].join("\n");
    },
    deskEvents: () => factsOf(join(stage.folder, "data", "desk.sqlite")).filter(({ stream }) => stream === "desk"),
    /** Asks a process to end and holds it to five seconds, exit code 0, a last event and a free store. */
    async expectCleanEnd(desk: DeskProcess, signal: "SIGTERM" | "SIGINT"): Promise<void> {
      const askedMs = performance.now();
      desk.signal(signal);
      expect(await desk.exited).toEqual({ code: 0, signal: null });
      expect(performance.now() - askedMs).toBeLessThan(STOP_MAX_MS);
      expect(stage.lastEvent()).toMatchObject({ type: "desk-stopped", reason: signal });
      expect(existsSync(join(stage.folder, "data", "desk.sqlite.holder.json"))).toBe(false);
    },
    lastEvent: () => stage.deskEvents().at(-1)?.event,
  };
  beforeEach(() => {
    stage.folder = temporaryFolder("process");
  });
  afterEach(async () => {
    for (const desk of started.splice(0)) await desk.kill();
    discard(stage.folder);
  });
  return stage;
}
