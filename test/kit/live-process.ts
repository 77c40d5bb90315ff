import type { VenueSpec } from "../../src/engine/live/connect.ts";
import type { Environment, LiveVenue } from "../../src/ports/live-venue.ts";
import type { AppendBatch, Store } from "../../src/ports/store.ts";
import { Governor, governed } from "../../src/venues/governor.ts";
import { BINANCE } from "../../src/venues/quirks/binance.ts";
import { spotCost } from "../../src/venues/spot/cost.ts";
import { openSpotVenue } from "../../src/venues/spot.ts";
import type { Wire } from "../../src/venues/wire.ts";
import type { Door } from "./exchange/door.ts";
import type { FaultPlan } from "./exchange/faults.ts";
import { InProcessWire, type InProcessWireOptions } from "./exchange/in-process-wire.ts";
import { spotSigner } from "./exchange/spot/sign.ts";
import type { FakeClock } from "./fake-clock.ts";

/** Where a process dies: at its n-th append to a stream from now on, before it is durable or after it. */
export interface DeathAtAppend {
  readonly stream: string;
  readonly count: number;
  readonly when: "before" | "after";
}

export interface LiveProcessOptions {
  readonly store: Store;
  readonly door: Door;
  readonly clock: FakeClock;
  readonly faults: FaultPlan;
  readonly onExchange: NonNullable<InProcessWireOptions["onExchange"]>;
  readonly environments: Environment[];
  /** What time it is at the exchange. */
  readonly venueNow: () => number;
}

/** One life of the desk's process: when it has died, nothing that it still asks for has an effect or comes back. */
export class LiveProcess {
  readonly store: Store;
  readonly #options: LiveProcessOptions;
  #governor: Governor | undefined;
  #alive = true;
  #death: DeathAtAppend | undefined;
  #appends = 0;

  constructor(options: LiveProcessOptions) {
    this.#options = options;
    this.store = this.#mortalStore(options.store);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Appends to a stream since the last `dieAt`. */
  get appends(): number {
    return this.#appends;
  }

  kill(): void {
    this.#alive = false;
  }

  dieAt(death: DeathAtAppend): void {
    this.#death = death;
    this.#appends = 0;
  }

  /** A venue behind the governor that production puts before it. */
  readonly openVenue = async ({ environment, credentials, bannedUntilMs, onBan }: VenueSpec): Promise<LiveVenue> => {
    const { door, clock, faults, onExchange, environments, venueNow } = this.#options;
    environments.push(environment);
    const key = credentials.apiKey.reveal();
    const wire = this.#mortalWire(new InProcessWire({ door, clock, sign: spotSigner({ key }), faults, onExchange, venueNow }));
    const { weightLimits, orderLimits, weights } = BINANCE;
    const ban = bannedUntilMs === undefined ? {} : { bannedUntilMs };
    this.#governor ??= new Governor({ clock, weightLimits, orderLimits, onBan, ...ban });
    const calm = governed({ wire, governor: this.#governor, account: key.slice(0, 4), costOf: spotCost(weights) });
    return openSpotVenue({ wire: calm, quirks: BINANCE, environment, clock });
  };

  #mortalWire(wire: Wire): Wire {
    return {
      send: async (call) => {
        if (!this.#alive) return never();
        const answer = await wire.send(call);
        return this.#alive ? answer : never();
      },
      setOffset: (offsetMs) => wire.setOffset(offsetMs),
      close: () => wire.close(),
    };
  }

  #mortalStore(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        if (name === "unheld") return method.bind(target);
        if (name === "append") return (batch: AppendBatch) => this.#append(batch);
        return async (...args: unknown[]) => {
          if (!this.#alive) return never();
          const answer: unknown = await Reflect.apply(method, target, args);
          return this.#alive ? answer : never();
        };
      },
    });
  }

  async #append(batch: AppendBatch): Promise<void> {
    if (!this.#alive) return never();
    const { store } = this.#options;
    const death = this.#death;
    if (batch.stream === death?.stream) this.#appends += 1;
    const dies = death !== undefined && batch.stream === death.stream && this.#appends === death.count;
    if (dies) this.kill();
    if (!dies || death.when === "after") await store.append(batch);
    return this.#alive ? undefined : never();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
