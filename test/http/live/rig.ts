import { API_PLATFORM } from "../../../src/chat/api-tokens.ts";
import type { Decimal } from "../../../src/domain/money.ts";
import type { Bearer } from "../../../src/http/api/bearer.ts";
import { LiveHub } from "../../../src/http/api/live/hub.ts";
import { type Closing, type Happened, type Subscription, type Told, told } from "../../../src/http/api/live/messages.ts";
import type { Wire, WireListener } from "../../../src/http/api/live/wire.ts";
import type { Streams } from "../../../src/ports/streams.ts";
import { FakeStreams } from "../../kit/fake-streams.ts";
import { ApiRig } from "../api/rig.ts";

const ALL: Subscription["topics"] = ["fills", "bots", "alerts", "equity"];

/** A program at the other end, which keeps its cursors as docs/api.md says. */
export class Program implements Wire {
  readonly got: Told[] = [];
  readonly cursors = new Map<string, number>();
  closing: Closing | undefined;
  isCut = false;
  pings = 0;
  /** From now on nothing leaves the desk's process. */
  isStuck = false;
  unsentBytes = 0;
  #listener: WireListener | undefined;

  get events(): readonly Happened[] {
    return this.got.filter((message) => message.type === "event");
  }

  send(text: string): void {
    const message = told.parse(JSON.parse(text));
    if (this.isStuck) this.unsentBytes += text.length;
    this.got.push(message);
    if (message.type === "event") this.cursors.set(message.stream, message.sequence);
    if (message.type === "reached" || message.type === "subscribed")
      for (const [stream, sequence] of Object.entries(message.cursors)) this.cursors.set(stream, sequence);
  }

  ping(): void {
    this.pings += 1;
  }

  close(code: number, reason: string): void {
    this.closing = { code, reason } as Closing;
  }

  cut(): void {
    this.isCut = true;
    this.#listener?.closed();
  }

  listen(listener: WireListener): void {
    this.#listener = listener;
  }

  say(message: unknown): void {
    this.#listener?.message(typeof message === "string" ? message : JSON.stringify(message));
  }

  sayBytes(): void {
    this.#listener?.message(undefined);
  }

  pong(): void {
    this.#listener?.sign(false);
  }

  pingDesk(): void {
    this.#listener?.sign(true);
  }
}

/** Live updates of a chat desk of fakes, over streams that a test writes by hand. */
export class LiveRig {
  readonly api: ApiRig;
  readonly streams: FakeStreams;
  readonly hub: LiveHub;

  private constructor(api: ApiRig, wrap: (streams: FakeStreams) => Streams) {
    this.api = api;
    const { engine, clock, door } = api.desk;
    this.streams = new FakeStreams(clock);
    const specOf = (botId: string) => engine.bots().find(({ state }) => state.spec.id === botId)?.state.spec;
    this.hub = new LiveHub(door, { streams: wrap(this.streams), specOf });
  }

  /** With two bots, `dip` and `rip`, whose ids are b1 and b2; their account's stream and the desk's are there. */
  static async open(wrap: (streams: FakeStreams) => Streams = (streams) => streams): Promise<LiveRig> {
    const api = await ApiRig.open();
    for (const name of ["dip", "rip"]) await api.desk.type(`bot create name:${name} symbol:BTC/USDT strategy:ema-cross timeframe:5m`);
    const rig = new LiveRig(api, wrap);
    await api.desk.ledger.append([{ type: "account-registered", account: rig.account, owner: "discord:1" }]);
    rig.streams.append("desk", { type: "watch-sees", forMs: 1 });
    rig.streams.append(rig.stream, { type: "day-started", day: "2026-01-01", equity: rig.equity });
    return rig;
  }

  get account(): string {
    return this.api.desk.engine.accounts()[0]!.state.account;
  }

  get stream(): string {
    return `account:${this.account}`;
  }

  get equity() {
    const { state } = this.api.desk.engine.accounts()[0]!;
    return state.balances.get("USDT")!;
  }

  setEquity(equity: Decimal): void {
    this.api.desk.engine.accounts()[0]!.state.balances.set("USDT", equity);
  }

  async bearer(name: string, user = "discord:1"): Promise<Bearer> {
    await this.api.token(name, "viewer", user);
    const token = this.api.desk.ledger.state.tokens.get(name)!;
    const place = { platform: API_PLATFORM, id: `api:${name}`, direct: true };
    return { user: { id: `api:${name}`, name }, place, idPrefix: `api:${name}:${token.hash.slice(0, 8)}:` };
  }

  connect(bearer: Bearer): Program {
    const program = new Program();
    this.hub.admit(bearer);
    this.hub.take(program, bearer);
    return program;
  }

  async subscribed(bearer: Bearer, wish: Partial<Subscription> = {}): Promise<Program> {
    const program = this.connect(bearer);
    program.say({ type: "subscribe", topics: ALL, ...wish });
    await this.pass(0);
    return program;
  }

  pass(spanMs: number): Promise<void> {
    return this.api.desk.clock.advance(spanMs);
  }
}
