import { canary } from "../kit/canary/canary.ts";
import type { SpotAccount } from "../kit/exchange/spot/account.ts";
import type { FillPlan } from "../kit/exchange/spot/fill-plan.ts";
import { type SpotRules, spotListing } from "../kit/exchange/spot/listing.ts";
import { spotSigner } from "../kit/exchange/spot/sign.ts";
import { SpotCore } from "../kit/exchange/spot-core.ts";
import { SpotDoor, type SpotDoorOptions } from "../kit/exchange/spot-door.ts";
import { WrittenTape } from "../kit/exchange/written-tape.ts";

export const START_MS = Date.UTC(2026, 0, 5, 12);
export const MINUTE_MS = 60_000;
export const KEY = canary("exchange key");
export const SECRET = canary("exchange secret");

/** What most tests read of an answer. */
export interface Body {
  readonly code?: number;
  readonly msg?: string;
  readonly orderId: number;
  readonly status: string;
  readonly executedQty: string;
  readonly fills?: readonly {
    readonly price: string;
    readonly qty: string;
    readonly commission: string;
    readonly commissionAsset: string;
  }[];
}

export interface StageOptions extends SpotDoorOptions {
  readonly rules?: Partial<SpotRules>;
  readonly fills?: FillPlan;
  readonly balances?: Readonly<Record<string, string>>;
}

/** An exchange with one account at a price of 50,000, and a caller that signs. */
export class SpotStage {
  readonly tape = new WrittenTape().flat("BTCUSDT", 50_000).flat("ETHUSDT", 2_000);
  readonly core: SpotCore;
  readonly door: SpotDoor;
  readonly account: SpotAccount;
  nowMs = START_MS;
  /** How far reads are behind. */
  lagMs = 0;
  /** The status of the last answer, and its headers. */
  status = 0;
  headers: Readonly<Record<string, string>> = {};

  constructor({ rules, fills, balances = { USDT: "10000", BTC: "1" }, ...door }: StageOptions = {}) {
    this.core = new SpotCore({
      tape: this.tape,
      listings: [spotListing("BTC", "USDT", rules), spotListing("ETH", "USDT", { lot: "0.0001", quantityMin: "0.0001" })],
      startMs: START_MS,
      ...(fills ? { fills } : {}),
      ...(door.us ? { wouldTrigger: "Stop price would trigger immediately." } : {}),
    });
    this.account = this.core.openAccount({ key: KEY, secret: SECRET, balances });
    this.door = new SpotDoor(this.core, door);
  }

  /** What the exchange answers, taken for what the caller says it is. */
  call<Answer = Body>(route: string, params: Readonly<Record<string, unknown>> = {}, options: CallOptions = {}): Answer {
    const [method, path] = route.split(" ") as ["GET" | "POST" | "DELETE", string];
    const signer = spotSigner({ key: options.key ?? KEY, secret: options.secret ?? SECRET, recvWindowMs: options.recvWindowMs ?? 5_000 });
    const signed = options.signed ?? !/time|ping|exchangeInfo|klines|ticker|depth|avgPrice/.test(path);
    const request = signer({ method, path, params, signed, timeoutMs: 1_000 }, this.nowMs - (options.agedMs ?? 0));
    const answer = this.door.handle(options.change?.(request) ?? request, { nowMs: this.nowMs, seenMs: this.nowMs - this.lagMs });
    this.status = answer.status;
    this.headers = answer.headers;
    return JSON.parse(answer.status === 404 ? "{}" : answer.body) as Answer;
  }

  place(params: Readonly<Record<string, unknown>>): Body {
    return this.call("POST /api/v3/order", { symbol: "BTCUSDT", ...params });
  }

  passMs(spanMs: number): void {
    this.nowMs += spanMs;
    this.core.advanceTo(this.nowMs);
  }

  /** `code text` of a refused order, or `accepted`. */
  outcome(params: Readonly<Record<string, unknown>>): string {
    return outcomeOf(this.place(params));
  }
}

export function outcomeOf(body: Pick<Body, "code" | "msg">): string {
  return body.code === undefined ? "accepted" : `${body.code} ${body.msg}`;
}

type Request = ReturnType<ReturnType<typeof spotSigner>>;

interface CallOptions {
  readonly key?: string;
  readonly secret?: string;
  readonly signed?: boolean;
  readonly recvWindowMs?: number;
  /** How long ago it was signed; negative is in the future. */
  readonly agedMs?: number;
  readonly change?: (request: Request) => Request;
}
