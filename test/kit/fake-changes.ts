import type { BotSpec, Sizing } from "../../src/domain/bot.ts";
import { UserError } from "../../src/domain/errors.ts";
import { decimal, percentOf } from "../../src/domain/money.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { BotChange, BotChanges, ChangeFacts, EntrySketch } from "../../src/ports/bot-changes.ts";
import type { BotFacts, Caller } from "../../src/ports/engine.ts";
import type { FakeHost } from "./fake-accounts.ts";

const EQUITY = decimal("10000");

/** Changes of bots by the product's own fold; what an entry is worth it reckons from its size alone. */
export class FakeChanges implements BotChanges {
  readonly #host: FakeHost;

  constructor(host: FakeHost) {
    this.#host = host;
  }

  preview(name: string, change: BotChange): ChangeFacts {
    const bot = this.#named(name);
    return this.#facts(bot, changed(bot.state.spec, change));
  }

  previewUndo(name: string): ChangeFacts {
    const bot = this.#named(name);
    const earlier = bot.state.earlier?.at(-1);
    if (!earlier) throw new UserError(`${name} was not changed since it was made, so there is nothing to take back.`);
    return this.#facts(bot, earlier);
  }

  async set(name: string, change: BotChange, caller: Caller): Promise<void> {
    this.#made(name, this.preview(name, change).after, caller);
  }

  async undo(name: string, caller: Caller): Promise<void> {
    this.#made(name, this.previewUndo(name).after, caller, true);
  }

  #facts(bot: BotFacts, after: BotSpec): ChangeFacts {
    const before = bot.state.spec;
    const [entryBefore, entryAfter] = [sketch(before.sizing), sketch(after.sizing)];
    const larger = entryAfter.notional && entryBefore.notional && entryAfter.notional.isGreaterThan(entryBefore.notional);
    return {
      before,
      after,
      holds: !isFlat(bot.state.position),
      entryBefore,
      entryAfter,
      raises: larger ? ["an entry would be larger"] : [],
    };
  }

  #made(name: string, spec: BotSpec, caller: Caller, undo = false): void {
    const bot = this.#named(name);
    const state = this.#host.books.get(bot.account);
    if (!state) throw new Error(`no books of ${bot.account}`);
    if (this.#host.repeated(caller)) return;
    const event = { type: "bot-changed", botId: spec.id, spec, by: caller.user } as const;
    this.#host.append(state, undo ? { ...event, undo } : event, caller);
  }

  #named(name: string): BotFacts {
    const bot = this.#host.bots().find(({ state }) => state.spec.name === name);
    if (!bot) throw new UserError(`There is no bot named ${name}.`);
    return bot;
  }
}

function changed(spec: BotSpec, { sizeMax, ...change }: BotChange): BotSpec {
  const { sizeMax: before, ...rest } = spec;
  const cap = sizeMax === "none" ? undefined : (sizeMax ?? before);
  return { ...rest, ...change, ...(cap && { sizeMax: cap }) };
}

function sketch(sizing: Sizing): EntrySketch {
  if (sizing.kind !== "notional" && sizing.kind !== "equity-percent")
    return { notional: undefined, lossAtStop: undefined, says: "not known" };
  const notional = sizing.kind === "notional" ? sizing.notional : percentOf(EQUITY, sizing.pct);
  return { notional, lossAtStop: undefined, says: `${notional.toFormat()} USDT wished` };
}
