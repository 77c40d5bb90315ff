import { decimal } from "../../src/domain/money.ts";
import { type WallMs, wallMs } from "../../src/domain/time.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { LiveVenue, OrderRef, OrderRequest } from "../../src/ports/live-venue.ts";
import { openPerpetualVenue } from "../../src/venues/perpetual.ts";
import { BLOFIN } from "../../src/venues/quirks/blofin.ts";
import type { Wire, WireAnswer, WireCall } from "../../src/venues/wire.ts";
import { KEY, Stage } from "../exchange/blofin-stage.ts";
import type { BlofinOptions } from "../kit/exchange/blofin/door.ts";
import { blofinSigner } from "../kit/exchange/blofin/signer.ts";
import type { Contract } from "../kit/exchange/perpetual/types.ts";

export const SYMBOL = "BTC/USDT:USDT";

/** A wire that knocks at the stage's door without a socket, signing as the documentation says. */
export class StageWire implements Wire {
  /** Calls that were sent, as `POST /api/v1/trade/order`, with their parameters. */
  readonly sent: { readonly name: string; readonly params: unknown }[] = [];
  /** How old the replica is that answers. */
  lagMs = 0;
  /** How far this machine's clock is from the exchange's. */
  skewMs = 0;
  /** Bends the answer to a call; undefined leaves it. */
  spoil: (call: WireCall, answer: WireAnswer) => WireAnswer | undefined = () => undefined;
  offsetMs = 0;
  readonly #stage: Stage;
  readonly #sign = blofinSigner(KEY);

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async send(call: WireCall): Promise<WireAnswer> {
    this.sent.push({ name: `${call.method} ${call.path}`, params: call.params });
    const request = this.#sign(call, this.#stage.nowMs + this.skewMs + this.offsetMs);
    const found = this.#stage.send(request, this.#stage.nowMs - this.lagMs);
    const answer: WireAnswer = {
      phase: "answered",
      status: found.status,
      headers: new Map(Object.entries(found.headers)),
      body: parsed(found.body),
    };
    return this.spoil(call, answer) ?? answer;
  }

  setOffset(offsetMs: number): void {
    this.offsetMs = offsetMs;
  }

  async close(): Promise<void> {}
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** A stage, a wire to it, and the venue over that wire. */
export class Rig {
  readonly stage: Stage;
  readonly wire: StageWire;
  readonly venue: LiveVenue;

  constructor(options: BlofinOptions = { limits: false }, contract: Partial<Contract> = {}) {
    this.stage = new Stage(options, contract);
    this.wire = new StageWire(this.stage);
    this.venue = this.restarted();
  }

  /** The account as another process would open it, which has read nothing yet. */
  restarted(): LiveVenue {
    return openPerpetualVenue({ wire: this.wire, quirks: BLOFIN, environment: "demo", clock: this.#clock() });
  }

  /** From now on the venue lists another contract in place of the one that there was. */
  delist(): void {
    this.wire.spoil = ({ path }, answer) =>
      path.endsWith("/instruments") && answer.phase === "answered"
        ? { ...answer, body: JSON.parse(JSON.stringify(answer.body).replaceAll("BTC", "ETH")) }
        : undefined;
  }

  #clock(): Clock {
    const { stage, wire } = this;
    return {
      wall: (): WallMs => wallMs(stage.nowMs + wire.skewMs),
      monotonicMs: () => stage.nowMs,
      sleep: () => Promise.resolve(),
      breathe: () => Promise.resolve(),
    };
  }

  /** Names of the calls that change something. */
  get posts(): string[] {
    return this.wire.sent.map(({ name }) => name).filter((name) => name.startsWith("POST"));
  }
}

export function order(change: Partial<OrderRequest> = {}): OrderRequest {
  return { clientOrderId: "sst0001", symbol: SYMBOL, side: "buy", kind: "market", quantity: decimal("0.01"), reduces: false, ...change };
}

export function stop(change: Partial<OrderRequest> = {}): OrderRequest {
  const protective = { clientOrderId: "sststop1", side: "sell", kind: "protection", stopPrice: decimal(58_000), reduces: true } as const;
  return order({ ...protective, ...change });
}

export function refTo(request: OrderRequest, venueOrderIds: readonly string[] = []): OrderRef {
  const { clientOrderId, symbol, kind } = request;
  return { clientOrderId, symbol, kind, venueOrderIds };
}
