import { decimal } from "../../../src/domain/money.ts";
import type { VenueSpec } from "../../../src/engine/live/connect.ts";
import type { Environment, LiveVenue } from "../../../src/ports/live-venue.ts";
import { Governor, governed } from "../../../src/venues/governor.ts";
import { openPerpetualVenue } from "../../../src/venues/perpetual.ts";
import { BLOFIN } from "../../../src/venues/quirks/blofin.ts";
import type { Wire, WireCall } from "../../../src/venues/wire.ts";
import { canary } from "../../kit/canary/canary.ts";
import { BlofinDoor, type RefusalForm } from "../../kit/exchange/blofin/door.ts";
import { blofinSigner } from "../../kit/exchange/blofin/signer.ts";
import { InProcessWire, type WireExchange } from "../../kit/exchange/in-process-wire.ts";
import { PerpetualExchange } from "../../kit/exchange/perpetual/exchange.ts";
import type { SentOrder } from "../referee/law.ts";
import type { ProcessClock } from "./clock.ts";
import type { Dice } from "./dice.ts";
import { EVERYDAY, type ExchangeParts, overheard, SETTERS, WorldClock } from "./exchange.ts";
import { type Generation, gated } from "./generation.ts";
import type { AccountLine, Line } from "./line.ts";
import { PerpetualEvents } from "./perpetual-events.ts";
import { PerpetualFaults } from "./perpetual-faults.ts";
import { perpetualContracts } from "./perpetual-listing.ts";
import type { PerpetualAccount } from "./venue-account.ts";

const START_BALANCE = decimal(10_000);
const REFUSALS: readonly RefusalForm[] = ["inner", "outer", "bare"];
const ORDER_PATHS: ReadonlySet<string> = new Set(["/api/v1/trade/order", "/api/v1/trade/order-tpsl"]);

/** The simulated Blofin with its accounts. It lives on while processes die; requests that are on their way still arrive. */
export class SimPerpetual {
  readonly exchange: PerpetualExchange;
  readonly accounts: readonly PerpetualAccount[];
  readonly #parts: ExchangeParts;
  readonly #door: BlofinDoor;
  readonly #faults: PerpetualFaults;
  readonly #eventDice: Dice;
  readonly #latency: { readonly there: number; readonly back: number };
  readonly #signers: ReadonlyMap<string, ReturnType<typeof blofinSigner>>;

  constructor(parts: ExchangeParts, dice: Dice, accounts: number) {
    this.#parts = parts;
    this.exchange = new PerpetualExchange(parts.tape, perpetualContracts(), parts.wall.trueMs());
    this.exchange.pieces = dice.pick([1, 1, 2, 3]);
    // The requests of all lives of a desk come from one address here: its governor is what keeps it within the limits.
    this.#door = new BlofinDoor(this.exchange, { verifies: false, limits: false, refusals: dice.pick(REFUSALS) });
    const pick = dice.fork("faults");
    this.#eventDice = dice.fork("events");
    this.#faults = new PerpetualFaults(parts.weather, (list) => pick.pick(list));
    this.#latency = { there: Math.round(dice.magnitude(5, 300)), back: Math.round(dice.magnitude(5, 300)) };
    this.accounts = Array.from({ length: accounts }, (_, index) => this.#open(`swap${index + 1}`, dice));
    this.#signers = new Map(this.accounts.map((account) => [account.key, blofinSigner(account)]));
  }

  /** Plans what happens at the exchange by itself, or by hand. */
  plan(): void {
    const { timeline, trace, weather } = this.#parts;
    const { exchange, accounts } = this;
    if (accounts.length > 0) new PerpetualEvents({ timeline, trace, weather, exchange, accounts, dice: this.#eventDice }).plan();
  }

  /** Everything up to now has happened at the exchange. */
  advance(): void {
    this.exchange.advanceTo(this.#parts.wall.trueMs());
  }

  /** How one process reaches it: within the limits that the product keeps to. `line` is set where processes share a desk. */
  venueFor(
    generation: Generation,
    clock: ProcessClock,
    sent: (order: SentOrder) => void,
    line?: Line,
  ): (spec: VenueSpec) => Promise<LiveVenue> {
    const governors = new Map<Environment, Governor>();
    return async ({ environment, credentials, bannedUntilMs, onBan, barred }) => {
      const { weightLimits, orderLimits } = BLOFIN;
      const governor = governors.get(environment) ?? new Governor({ clock, weightLimits, orderLimits, onBan });
      governors.set(environment, governor);
      if (bannedUntilMs !== undefined) governor.keepSilent(bannedUntilMs);
      const key = credentials.apiKey.reveal();
      const own = line?.to(this.accounts.find((each) => each.key === key)?.name ?? "nobody", barred, orderIdOf);
      const sends = this.#wire(key, own);
      const hearing = { process: generation.number, sent, idOf: orderIdOf, coverage: this.#parts.coverage };
      const heard = own ? own.heard(sends) : overheard(sends, hearing);
      const wire = gated(generation, "swaps", heard, SETTERS, EVERYDAY);
      return openPerpetualVenue({ wire: governed({ wire, governor, account: key, costOf }), quirks: BLOFIN, environment, clock });
    };
  }

  #open(name: string, dice: Dice): PerpetualAccount {
    const key = `${name}-key`.padEnd(32, "x");
    const passphrase = canary("exchange passphrase");
    const book = this.exchange.openAccount(name, START_BALANCE);
    this.exchange.addKey(name, { key, secret: canary("exchange secret"), passphrase });
    return { exchangeId: "blofin", name, key, passphrase, environment: dice.chance(0.5) ? "live" : "demo", book };
  }

  #wire(key: string, line: AccountLine | undefined): Wire {
    const { timeline, wall } = this.#parts;
    const sign = this.#signers.get(key) ?? blofinSigner({ key, passphrase: canary("other passphrase") });
    return new InProcessWire({
      door: this.#door,
      ...(line && { stops: line }),
      clock: new WorldClock(timeline, wall),
      sign,
      faults: this.#faults,
      venueNow: () => wall.trueMs(),
      latencyMs: () => this.#latency,
      later: (delayMs, run) => void timeline.after(delayMs, run),
      onExchange: (exchange) => {
        line?.reached(exchange);
        this.#tell(exchange);
      },
    });
  }

  #tell({ request, fault, answer }: WireExchange): void {
    const { method, path, query, body } = request;
    const spoilt = fault === undefined ? "" : ` (${fault.id})`;
    const line = `swaps ${method} ${path}?${query}${body}${spoilt} -> ${answer ? `${answer.status} ${answer.body}` : "nothing"}`;
    this.#parts.trace.tell(line, method === "GET" && fault === undefined);
    if (fault?.instead || !answer) return;
    if (answer.body.includes('"code":"152405"')) this.#parts.coverage.mark("Blofin refuses an old timestamp");
    if (ORDER_PATHS.has(path) && answer.status === 200 && /"code":"(?!0")\d+/.test(answer.body))
      this.#parts.coverage.mark(`Blofin refuses an order (${this.#door.refusals})`);
  }
}

/** Requests by address, and of each account those about orders: as the product counts them. */
function costOf({ path }: WireCall): { readonly weight: number; readonly orders: number } {
  return { weight: 1, orders: path.startsWith("/api/v1/trade/") ? 1 : 0 };
}

function orderIdOf({ path, params }: WireCall): string | undefined {
  if (!ORDER_PATHS.has(path)) return undefined;
  const { clientOrderId } = params as Readonly<Record<string, unknown>>;
  return typeof clientOrderId === "string" ? clientOrderId : undefined;
}
