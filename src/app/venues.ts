import { UserError } from "../domain/errors.ts";
import type { Chance, Clock } from "../ports/clock.ts";
import type { Environment, LiveVenue } from "../ports/live-venue.ts";
import type { Logger } from "../ports/logger.ts";
import type { SharedBudgets } from "../ports/shared-budget.ts";
import type { Credentials } from "../ports/vault.ts";
import type { Cost, Governor } from "../venues/governor.ts";
import type { Wire, WireCall } from "../venues/wire.ts";

/** The exchanges at which accounts can be connected, by ccxt's ids. */
export const EXCHANGES = ["binance", "binanceus", "blofin"] as const;
export type ExchangeId = (typeof EXCHANGES)[number];

export interface VenuesOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /** Loopback addresses of counterparts that are asked instead of the exchanges. */
  readonly apiUrls: Readonly<Partial<Record<ExchangeId, string | undefined>>>;
  /** The request weight that all processes behind this address count together, where there are several. */
  readonly budgets?: SharedBudgets | undefined;
}

export interface VenueWish {
  readonly exchangeId: string;
  readonly environment: Environment;
  readonly credentials: Credentials;
  /** Wall time until which an earlier process was told to be silent. */
  readonly bannedUntilMs?: number | undefined;
  /** The exchange asks for silence. Wall time. */
  readonly onBan?: (untilMs: number, reason: string) => void;
  /** Why no request that changes anything may leave any more. */
  readonly barred?: () => string | undefined;
}

/** Opens accounts at real exchanges. All accounts at one exchange and whoever asks for its prices share one request budget, because it counts by address. */
export class Venues {
  readonly #options: VenuesOptions;
  readonly #governors = new Map<string, Promise<Governor>>();
  /** By name of the budget, who is told of a ban: it concerns all accounts alike, so that one of them is enough. */
  readonly #onBan = new Map<string, NonNullable<VenueWish["onBan"]>>();
  #opened = 0;

  constructor(options: VenuesOptions) {
    this.#options = options;
  }

  /** One account. Nothing is asked of the exchange yet. Throws UserError for an exchange or a world that there is not, ConfigError for an address that is not this machine's. */
  readonly open = async (wish: VenueWish): Promise<LiveVenue> => {
    const { environment, credentials, barred } = wish;
    const exchangeId = EXCHANGES.find((id) => id === wish.exchangeId);
    if (!exchangeId) throw new UserError(`Accounts can be connected at ${EXCHANGES.join(", ")}, not at ${wish.exchangeId.slice(0, 40)}.`);
    const { clock, chance, apiUrls } = this.#options;
    const { openCcxtWire } = await import("../venues/ccxt/wire.ts");
    const { governed } = await import("../venues/governor.ts");
    const bare = await openCcxtWire({ exchangeId, environment, credentials, apiUrl: apiUrls[exchangeId], clock, chance, barred });
    const { bannedUntilMs, onBan } = wish;
    const governor = await this.#governorOf(exchangeId, environment);
    if (bannedUntilMs !== undefined) governor.keepSilent(bannedUntilMs);
    if (onBan) this.#onBan.set(budgetName(exchangeId, environment), onBan);
    this.#opened += 1;
    const wire = governed({ wire: bare, governor, account: `${exchangeId} ${this.#opened}`, costOf: await costOf(exchangeId) });
    return this.#speak(exchangeId, environment, wire);
  };

  async #speak(exchangeId: ExchangeId, environment: Environment, wire: Wire): Promise<LiveVenue> {
    const { clock, logger } = this.#options;
    if (exchangeId === "blofin") {
      const { openPerpetualVenue } = await import("../venues/perpetual.ts");
      return openPerpetualVenue({ wire, quirks: await quirksOf(exchangeId), environment, clock });
    }
    const { openSpotVenue } = await import("../venues/spot.ts");
    return openSpotVenue({ wire, quirks: await quirksOf(exchangeId), environment, clock, logger });
  }

  /** The request budget of this machine's address at an exchange; undefined for an exchange whose limits are not known. */
  readonly budgetOf = async (id: string, environment: Environment): Promise<Governor | undefined> => {
    const exchangeId = EXCHANGES.find((known) => known === id);
    return exchangeId && this.#governorOf(exchangeId, environment);
  };

  /** What was used of each budget that is open. */
  async budgets(): Promise<readonly { exchange: string; environment: string; usedShare: number; queued: number }[]> {
    const opened = [...this.#governors].map(async ([name, governor]) => {
      const [exchange = "", environment = ""] = name.split(" ");
      const { usedShare, queued } = await governor;
      return { exchange, environment, usedShare, queued };
    });
    return Promise.all(opened);
  }

  /** Its world has its own hosts, and so its own limits. */
  #governorOf(exchangeId: ExchangeId, environment: Environment): Promise<Governor> {
    const name = budgetName(exchangeId, environment);
    const known = this.#governors.get(name);
    if (known) return known;
    const made = this.#govern(exchangeId, name);
    this.#governors.set(name, made);
    return made;
  }

  async #govern(exchangeId: ExchangeId, name: string): Promise<Governor> {
    const { Governor } = await import("../venues/governor.ts");
    const quirks = await quirksOf(exchangeId);
    const { weightLimits, orderLimits } = quirks;
    const { usedShareAtStart, silences, oneRefusalForBoth } = "silences" in quirks ? quirks : NO_QUIRKS;
    const { clock, logger, budgets } = this.#options;
    const shared = budgets && { budget: budgets.of(name), processes: () => budgets.processes() };
    const onBan = (untilMs: number, reason: string) => {
      logger.warn({ exchange: exchangeId, untilMs, reason }, "the exchange asked for silence");
      this.#onBan.get(name)?.(untilMs, reason);
    };
    return new Governor({ clock, weightLimits, orderLimits, usedShareAtStart, silences, oneRefusalForBoth, onBan, shared });
  }
}

function budgetName(exchangeId: ExchangeId, environment: Environment): string {
  return `${exchangeId} ${environment}`;
}

async function quirksOf<Id extends ExchangeId>(exchangeId: Id): Promise<Quirks[Id]> {
  return (await QUIRKS[exchangeId]()) as Quirks[Id];
}

/** Where answers tell what was used, and for how long to be silent. */
const NO_QUIRKS = { usedShareAtStart: 0, silences: undefined, oneRefusalForBoth: false };

const QUIRKS = {
  binance: async () => (await import("../venues/quirks/binance.ts")).BINANCE,
  binanceus: async () => (await import("../venues/quirks/binanceus.ts")).BINANCEUS,
  blofin: async () => (await import("../venues/quirks/blofin.ts")).BLOFIN,
} as const;
type Quirks = { readonly [Id in ExchangeId]: Awaited<ReturnType<(typeof QUIRKS)[Id]>> };

async function costOf(exchangeId: ExchangeId): Promise<(call: WireCall) => Cost> {
  if (exchangeId === "blofin") return blofinCost;
  const { spotCost } = await import("../venues/spot/cost.ts");
  return spotCost((await quirksOf(exchangeId)).weights);
}

/** Blofin counts requests, and of each account those under `/trade/`. */
function blofinCost({ path }: WireCall): Cost {
  return { weight: 1, orders: path.startsWith("/api/v1/trade/") ? 1 : 0 };
}
