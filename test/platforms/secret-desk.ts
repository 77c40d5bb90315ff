import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Commands, defineCommand, type FormContinuation } from "../../src/chat/command.ts";
import { Dispatcher } from "../../src/chat/dispatcher.ts";
import { card } from "../../src/chat/view.ts";
import { TransientError, UserError } from "../../src/domain/errors.ts";
import type { DeskEvent } from "../../src/domain/events.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { SecretValues } from "../../src/ports/secret-form.ts";
import type { Store } from "../../src/ports/store.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";
import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";
import { systemClock } from "../../src/system/clock.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { seededChance } from "../kit/fake-clock.ts";
import { FakeEngine } from "../kit/fake-desk.ts";
import { FakeLedger } from "../kit/fake-ledger.ts";
import { NO_BACKTESTS } from "../kit/no-backtests.ts";
import { testVault } from "../kit/test-vault.ts";
import { FIELDS } from "./fake-forms.ts";

const STREAM = "desk";

/** The desk's stream, kept in a real store. */
class StoredLedger extends FakeLedger {
  readonly #store: Store;
  readonly #epoch: number;

  constructor(store: Store, epoch: number) {
    super();
    this.#store = store;
    this.#epoch = epoch;
  }

  override async append(asked: readonly DeskEvent[] | (() => readonly DeskEvent[]), requestId?: string): Promise<void> {
    const expectedSequence = this.state.sequence;
    const events = typeof asked === "function" ? asked() : asked;
    await super.append(events, requestId);
    await this.#store.append({
      stream: STREAM,
      epoch: this.#epoch,
      expectedSequence,
      bodies: events.map((event) => JSON.stringify(event)),
    });
  }
}

/** What becomes of the keys that a command asked for: each of them as indiscreet as a command can be. */
const ENDINGS: Readonly<Record<string, (values: SecretValues) => void>> = {
  connect: () => undefined,
  refuse: ({ apiKey }) => {
    throw new UserError(`the exchange does not know ${apiKey?.reveal()}`);
  },
  falter: ({ secret }) => {
    throw new TransientError(`no answer to ${secret?.reveal()}`);
  },
  crash: ({ apiKey, secret }) => {
    throw new Error(`signed ${apiKey?.reveal()}`, { cause: secret?.reveal() });
  },
};

function commands(came: string[][]): Commands {
  const asking = (ending: (values: SecretValues) => void) => {
    const then: FormContinuation = async (values) => {
      came.push(Object.values(values).map((value) => value.reveal()));
      ending(values);
      return card("main is connected").good();
    };
    return defineCommand({
      summary: "Asks for a key",
      role: "admin",
      private: true,
      args: {},
      run: ({ secretForm }) => secretForm({ title: "The key of main", fields: FIELDS }, then),
    });
  };
  const entries = Object.entries(ENDINGS).map(([verb, ending]) => [`account ${verb}`, asking(ending)] as const);
  const help = defineCommand({ summary: "Helps", role: "admin", readOnly: true, args: {}, run: () => card("Help") });
  return new Map([...entries, ["help", help]]);
}

/** A real front door over a real store in a file; everything that is logged is kept as it was said, unmasked. */
export interface SecretDesk {
  readonly door: Dispatcher;
  readonly logger: Logger;
  readonly log: string[];
  /** The values of each form that was filled in. */
  readonly came: string[][];
  /** Closes the store and returns every byte that it left behind. */
  bytes(): Promise<string>;
  remove(): void;
}

export async function openSecretDesk(owner: string): Promise<SecretDesk> {
  const folder = temporaryFolder("secrets");
  const store = await openSqliteStore({ file: join(folder, "desk.sqlite") });
  const { epoch } = await store.acquire(STREAM);
  const desk = new StoredLedger(store, epoch);
  const log: string[] = [];
  const say = (facts: Record<string, unknown>, message: string) => void log.push(`${message} ${JSON.stringify(facts)}`);
  const logger: Logger = { debug: say, info: say, warn: say, error: say, child: () => logger };
  const came: string[][] = [];
  const door = new Dispatcher({
    commands: commands(came),
    engine: new FakeEngine(desk),
    desk,
    store,
    strategies: { strategyNamed, strategyNames },
    backtests: NO_BACKTESTS,
    clock: systemClock(),
    chance: seededChance(1),
    logger,
    owners: new Set([owner]),
    claim: undefined,
    vault: testVault(),
    limits: { dailyLossPct: 10, positionCapPct: 50 },
    timeZone: "UTC",
    version: "1.2.3",
    backings: [],
    platforms: () => [],
  });
  return {
    door,
    logger,
    log,
    came,
    async bytes() {
      await store.close();
      return readdirSync(folder)
        .map((name) => readFileSync(join(folder, name)).toString("latin1"))
        .join("\n");
    },
    remove: () => discard(folder),
  };
}
