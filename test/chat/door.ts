import { join } from "node:path";
import { type Claim, createClaim } from "../../src/chat/claim.ts";
import { Dispatcher } from "../../src/chat/dispatcher.ts";
import type { DoorOptions } from "../../src/chat/door-options.ts";
import { parseLine } from "../../src/chat/line.ts";
import type { Role } from "../../src/domain/events.ts";
import type { Place, Request } from "../../src/ports/platform.ts";
import type { InboxRow } from "../../src/ports/store.ts";
import type { View } from "../../src/ports/view.ts";
import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";
import { loadCommands } from "../../src/system/loader.ts";
import { FakeClock, seededChance } from "../kit/fake-clock.ts";
import { FakeEngine } from "../kit/fake-desk.ts";
import { FakeLedger } from "../kit/fake-ledger.ts";
import { NO_BACKTESTS } from "../kit/no-backtests.ts";
import { testVault } from "../kit/test-vault.ts";

export const ADMIN = "discord:1";
export const HERE: Place = { platform: "discord", id: "discord:100", direct: false };
export const TERMINAL: Place = { platform: "terminal", id: "terminal:local", direct: true };

/** An inbox in memory. */
export class FakeInbox {
  readonly rows = new Map<string, InboxRow>();
  readonly settled: string[] = [];
  /** Set to make the next settling fail. */
  failure: Error | undefined;

  accept(row: InboxRow): Promise<"new" | "seen"> {
    if (this.rows.has(row.requestId)) return Promise.resolve("seen");
    this.rows.set(row.requestId, row);
    return Promise.resolve("new");
  }

  settle(requestId: string): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    this.settled.push(requestId);
    return Promise.resolve();
  }

  unsettled(): Promise<InboxRow[]> {
    return Promise.resolve([...this.rows.values()].filter(({ requestId }) => !this.settled.includes(requestId)));
  }
}

export interface LogLine {
  readonly level: string;
  readonly facts: Record<string, unknown>;
}

/** Read once for a whole file of tests: they are descriptions and hold no state. */
const COMMANDS = loadCommands(join(import.meta.dirname, "../../commands"));

/** A chat desk over fakes, with the real commands. */
export class ChatDesk {
  readonly clock = new FakeClock();
  readonly ledger = new FakeLedger();
  readonly engine = new FakeEngine(this.ledger);
  readonly inbox = new FakeInbox();
  readonly log: LogLine[] = [];
  readonly claim: Claim = createClaim(seededChance(7));
  door: Dispatcher;
  #requests = 0;
  readonly #options: DoorOptions;

  private constructor(options: Pick<DoorOptions, "commands"> & Partial<DoorOptions>) {
    const { ledger: desk, engine, inbox: store, clock, claim, log } = this;
    const say = (level: string) => (facts: Record<string, unknown>) => void log.push({ level, facts });
    const logger = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error"), child: () => logger };
    this.#options = {
      ...{
        engine,
        desk,
        store,
        clock,
        claim,
        logger,
        chance: seededChance(1),
        vault: testVault(),
        owners: new Set([ADMIN]),
        limits: { dailyLossPct: 10, positionCapPct: 50 },
        timeZone: "UTC",
        version: "1.2.3",
      },
      strategies: { strategyNamed, strategyNames },
      backtests: NO_BACKTESTS,
      backings: [],
      platforms: () => [{ name: "discord", reachable: true }],
      ...options,
    };
    this.door = new Dispatcher(this.#options);
  }

  static async open(options: Partial<DoorOptions> = {}): Promise<ChatDesk> {
    return new ChatDesk({ commands: await COMMANDS, ...options });
  }

  /** A new process over the same store. */
  restart(): void {
    this.door = new Dispatcher(this.#options);
  }

  async grant(user: string, role: Role, scope = "desk"): Promise<void> {
    await this.ledger.append([{ type: "access-granted", user, role, scope, by: ADMIN }]);
  }

  request(line: string, user = ADMIN, place = HERE, id = `r${++this.#requests}`): Request {
    const read = parseLine(line, this.door.catalog());
    if ("problem" in read) throw new Error(`${read.problem.title} ${read.problem.lines.join(" ")}`);
    return { id, ...read, user: { id: user, name: user }, place };
  }

  /** What a person at a platform would see for a typed line. */
  async type(line: string, user = ADMIN, place = HERE): Promise<View> {
    const read = parseLine(line, this.door.catalog());
    if ("problem" in read) return read.problem;
    return this.door.handle(this.request(line, user, place));
  }

  async press(view: View, label: string, user = ADMIN, place = HERE, requestId = `p${++this.#requests}`): Promise<View> {
    const button = view.buttons.find((each) => each.label === label);
    if (!button) throw new Error(`no button ${label} among ${view.buttons.map((each) => each.label).join(", ")}`);
    const pressed = await this.door.press({ requestId, action: button.action, user: { id: user, name: user }, place });
    return "view" in pressed ? pressed.view : this.door.handle(pressed.request);
  }

  /** Types the code of a request that waits for a second factor, at the terminal unless said otherwise. */
  approve(waiting: View, user = "terminal:local", place = TERMINAL): Promise<View> {
    return this.type(`access approve ${approvalCode(waiting)}`, user, place);
  }

  async say(text: string, user = ADMIN, place = HERE, question?: string): Promise<View | undefined> {
    const answered = this.door.answer(text, `a${++this.#requests}`, { id: user, name: user }, place, question);
    return answered && ("view" in answered ? answered.view : this.door.handle(answered.request));
  }
}

/** Sets up the admin's authenticator, approved at the terminal, and answers its seed. Until codes count, two steps have to pass. */
export async function enrolAuthenticator(desk: ChatDesk): Promise<string> {
  const asked = await desk.type("access totp");
  await desk.approve(asked);
  const shown = await desk.press(asked, "Continue");
  return /secret=(\w+)/.exec(textOf(shown))?.[1] ?? "";
}

/** The code under which a request waits for a second factor. */
export function approvalCode(waiting: View): string {
  const [, code] = /`access approve code:(\w+)`/.exec(textOf(waiting)) ?? [];
  if (code === undefined) throw new Error(`no code in ${textOf(waiting)}`);
  return code;
}

export function textOf(view: View): string {
  const rows = view.table?.rows.map((row) => row.join(" | ")) ?? [];
  return [view.title, ...view.lines, ...view.fields.map(({ name, value }) => `${name}: ${value}`), ...rows].join("\n");
}
