import { z } from "zod";
import { TransientError } from "../../domain/errors.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { type Contract, contractOf, type Fees } from "./contracts.ts";
import type { Reader } from "./reader.ts";
import { readPublic } from "./requests.ts";
import { LISTING, VOLUME } from "./shapes.ts";

const ROWS = z.array(z.unknown());
const SOME_ROWS = ROWS.min(1);
const NAMED = z.object({ instId: z.string() });

const DOUBTFUL = "the exchange tells the size of one contract in two ways that differ, so that nobody knows how much an entry would open";

/** How far the two tellings of a contract's size may differ: volumes are rounded. */
const SIZE_TOLERANCE_PCT = 1;

/**
 * The venue's contracts as last read. A contract that is listed no more stays known, so that an open position in it can still be read; what is listed
 * but is no contract of ours is known as such.
 */
export class Listings {
  readonly #contracts = new Map<string, Contract>();
  readonly #others = new Set<string>();
  #listed: ReadonlyMap<string, Contract> = new Map();
  #loaded = false;

  /**
   * Reads all listings anew. Answers the rules of those that trade now. Nothing is entered where the venue tells a contract's size in two ways that
   * differ; what is held there is still protected and closed, for that only ever reduces a position, whatever a contract's true size is.
   */
  async load(reader: Reader, settle: string, fees: Fees): Promise<Instrument[]> {
    const rows = await reader.read("its symbols", readPublic("/api/v1/market/instruments"), SOME_ROWS);
    const volumes = await reader.read("its volumes", readPublic("/api/v1/market/tickers"), ROWS);
    const doubtful = new Set<string>();
    const listed: Contract[] = [];
    for (const row of rows) {
      const parsed = LISTING.safeParse(row).data;
      const contract = parsed && contractOf(parsed, settle, fees);
      if (contract) listed.push(contract);
      else this.#others.add(parsed?.instId ?? nameOf(row));
    }
    if (listed.length === 0) throw new TransientError(`the venue lists no perpetual contract that settles in ${settle}`);
    this.#listed = new Map(listed.map((contract) => [contract.instId, contract]));
    for (const row of volumes) {
      const volume = VOLUME.safeParse(row).data;
      const contract = volume && this.#listed.get(volume.instId);
      if (contract && contradicts(contract, volume)) doubtful.add(contract.instId);
    }
    for (const contract of listed) this.#contracts.set(contract.instId, contract);
    this.#loaded = true;
    return listed.flatMap(({ instId, trades, instrument }) => {
      if (!trades) return [];
      return doubtful.has(instId) ? { ...instrument, entriesBarred: DOUBTFUL } : instrument;
    });
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  bySymbol(symbol: string): Contract | undefined {
    const match = /^([A-Z0-9]+)\/([A-Z0-9]+):\2$/.exec(symbol);
    return match ? this.#contracts.get(`${match[1]}-${match[2]}`) : undefined;
  }

  /** The contract of a symbol, where it was listed at the last reading: the venue refuses questions about others. */
  listed(symbol: string): Contract | undefined {
    const contract = this.bySymbol(symbol);
    return contract && this.#listed.get(contract.instId);
  }

  byId(instId: string): Contract | undefined {
    return this.#contracts.get(instId);
  }

  /** Whether something is listed under that name that is no contract of ours. */
  isOther(instId: string): boolean {
    return this.#others.has(instId) && !this.#contracts.has(instId);
  }
}

function nameOf(row: unknown): string {
  return NAMED.safeParse(row).data?.instId ?? "";
}

/** The day's volume in contracts and in base names the contract's size a second time. */
function contradicts(contract: Contract, volume: z.output<typeof VOLUME>): boolean {
  if (volume.vol24h.isZero() || volume.volCurrency24h.isZero()) return false;
  const told = volume.vol24h.times(contract.value);
  const difference = told.minus(volume.volCurrency24h).abs();
  return difference.isGreaterThan(volume.volCurrency24h.times(SIZE_TOLERANCE_PCT).shiftedBy(-2));
}
