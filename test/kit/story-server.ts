import type { Door, DoorRequest } from "./exchange/door.ts";
import type { Fault, FaultPlan } from "./exchange/faults.ts";
import { ROUND_MINUTES } from "./exchange/round-tape.ts";
import { ScriptedFaults } from "./exchange/scripted-faults.ts";
import { ExchangeServer, type LoggedRequest } from "./exchange/server.ts";
import type { StoryClock } from "./story-clock.ts";

const MINUTE_MS = 60_000;
const ROUND_MS = ROUND_MINUTES * MINUTE_MS;
/** An evening, half a minute before the last of a round. */
export const STAGE_STARTS_MS = Math.ceil(Date.UTC(2026, 0, 5, 20) / ROUND_MS) * ROUND_MS - 1.5 * MINUTE_MS;
/** So long nothing may have come or gone before the exchange counts as quiet. */
const QUIET_MS = 8;
const PATIENCE_MS = 1_000;
/** Whoever asks an exchange gives it that long: so many such sleeps, so many questions without an answer. */
const ASKED_FOR_MS = 10_000;

/** The real and the demo world of an exchange on one socket, and the time that a desk and it share. */
export abstract class StoryServer {
  readonly clock: StoryClock;
  readonly faults = new ScriptedFaults();
  readonly server: ExchangeServer;
  /** Every request meets this, whatever it is for, while it is set. */
  weather: Fault | undefined;
  url = "";
  #arrived = 0;

  protected constructor(clock: StoryClock, doors: Readonly<Record<"" | "/demo", Door>>) {
    this.clock = clock;
    const plan: FaultPlan = { next: (request, nowMs) => this.#meets(request, nowMs) };
    this.server = new ExchangeServer({ doors, now: () => clock.wall(), faults: plan, sleep: (ms) => clock.sleep(ms) });
  }

  /** Where the desk finds it. */
  abstract get settings(): Readonly<Record<string, string>>;

  /** Tells those who listen to its prices what they are now. */
  abstract push(): void;

  /** Requests that carried a key, oldest first. */
  abstract signed(): readonly LoggedRequest[];

  async start(): Promise<void> {
    this.url = await this.server.listen();
  }

  stop(): Promise<void> {
    return this.server.close();
  }

  /** Requests that ask for an order or take one back. */
  trading(): readonly LoggedRequest[] {
    return this.server.log.filter(({ request }) => request.method !== "GET");
  }

  /** What the exchange objected to: right behavior leaves it empty. Requests that a test spoilt are not judged. */
  violations(): readonly string[] {
    return this.server.log.flatMap(({ prefix, request, answer, fault }) =>
      fault === undefined && answer !== undefined && this.objects(answer)
        ? [`${request.method} ${prefix}${request.path}: HTTP ${answer.status} ${answer.body}`]
        : [],
    );
  }

  protected objects({ status }: { readonly status: number; readonly body: string }): boolean {
    return status >= 400;
  }

  /** Forgets the requests so far, so that a test sees those that follow. */
  forget(): void {
    this.server.log.length = 0;
    this.#arrived = 0;
  }

  /** Resolves when every request was answered and none follows; or after a while, where an answer is kept back. */
  async quiet(): Promise<void> {
    const untilMs = performance.now() + PATIENCE_MS;
    let seen = -1;
    while (performance.now() < untilMs) {
      const isIdle = this.#arrived === seen && this.server.log.length === this.#arrived && this.clock.sleepsOf(ASKED_FOR_MS) === 0;
      if (isIdle) return;
      seen = this.#arrived;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
  }

  /** Milliseconds until a minute of the round is so many seconds old. */
  until(minute: number, second: number): number {
    const into = minute * MINUTE_MS + second * 1_000;
    return (into - (this.clock.wall() % ROUND_MS) + ROUND_MS) % ROUND_MS;
  }

  #meets(request: DoorRequest, nowMs: number): Fault | undefined {
    this.#arrived += 1;
    return this.weather ?? this.faults.next(request, nowMs);
  }
}
