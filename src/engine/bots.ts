import type { BotState } from "../domain/books.ts";
import type { BotSpec } from "../domain/bot.ts";
import { TransientError, UserError } from "../domain/errors.ts";
import type { AccountEvent } from "../domain/events.ts";
import { decimal } from "../domain/money.ts";
import { isProtective } from "../domain/order.ts";
import { isFlat } from "../domain/position.ts";
import type { Caller, NewBot } from "../ports/engine.ts";
import { StoreUnavailable } from "../ports/store.ts";
import { checkAlone } from "../risk/one-bot.ts";
import type { Account } from "./account.ts";
import { type Accounts, paperAccountOf } from "./accounts.ts";
import { buildsUp } from "./building.ts";
import type { Desk } from "./desk.ts";
import { BOTS_MAX, BOTS_PER_OWNER_MAX } from "./limits.ts";
import { nameTaken } from "./names.ts";
import { specOf } from "./new-bot.ts";
import { refuseBeyond } from "./plan-facts.ts";
import { SerialQueue } from "./queue.ts";
import type { AccountServices } from "./services.ts";
import { accountStream } from "./streams.ts";

const NAME_MAX = 32;
/** Names that are tried for a bot which nobody named, where others are given them in the same moment. */
const NAME_TRIES_MAX = 50;

/** What people do to bots. Each runs in its account's serial queue, is durable when it resolves, and has its effect once per request id. */
export class Bots {
  readonly #desk: Desk;
  readonly #accounts: Accounts;
  readonly #services: AccountServices;
  /** Bots that are being made, one after another in each account, by its stream. */
  readonly #creating = new Map<string, SerialQueue>();
  /** Those whose names are found when it is their turn. */
  readonly #naming = new SerialQueue();

  constructor(desk: Desk, accounts: Accounts, services: AccountServices) {
    this.#desk = desk;
    this.#accounts = accounts;
    this.#services = services;
  }

  /** A bot by name with its account; throws UserError when there is none. */
  find(name: string): { account: Account; bot: BotState } {
    const registered = this.#desk.names.named(name);
    const account = registered && this.#accounts.get(`account:${registered.account}`);
    const bot = registered && account?.state.bots.get(registered.botId);
    if (!account || !bot) throw new UserError(`There is no bot named ${name.slice(0, 40)}.`);
    return { account, bot };
  }

  /** Answers its name. One bot after another of each owner, so that they are counted; that names and numbers are given once whoever has the desk sees to. */
  create(wish: NewBot, caller: Caller): Promise<string> {
    return this.#creatingIn(accountStream(paperAccountOf(caller.user))).run(() => this.#create(wish, caller));
  }

  #creatingIn(stream: string): SerialQueue {
    const creating = this.#creating.get(stream) ?? new SerialQueue();
    this.#creating.set(stream, creating);
    return creating;
  }

  async #create(wish: NewBot, caller: Caller): Promise<string> {
    const { state } = this.#desk;
    const own = this.#accounts.byOwner(caller.user);
    const made = this.madeFor(caller) ?? (this.#registered(wish.name) ? wish.name : undefined);
    if (made !== undefined && own?.state.requests.includes(caller.requestId)) return made;
    const count = this.#desk.names.ownedBy(caller.user);
    if (count >= BOTS_PER_OWNER_MAX || state.bots.size >= BOTS_MAX) {
      throw new UserError(
        `You have ${count} bots and the desk ${state.bots.size}; the most are ${BOTS_PER_OWNER_MAX} a person and ${BOTS_MAX} a desk. Delete one first.`,
      );
    }
    if (!wish.isNameMadeUp && this.#isTaken(wish.name, caller)) throw nameTaken(wish.name);
    const account = await told(this.#accounts.openFor(caller.user, this.#services));
    const { account: accountName, currency } = account.state;
    // A plan of several entries follows from the price, also of a symbol that nobody has followed yet.
    if (buildsUp(wish.strategy)) await this.#readPrice(wish.symbol);
    const specNamed = (name: string) => (id: string) => {
      const spec = specOf(
        { ...wish, name },
        { id, owner: caller.user, account: accountName, currency },
        this.#services.market,
        (symbol) => {
          const seen = this.#services.hub.price(symbol);
          return seen && decimal(seen.price);
        },
      );
      refuseBeyond(account, spec);
      return spec;
    };
    const bot = await this.#registerNamed(wish, caller, specNamed);
    await this.#inQueue(account, caller, async () => [{ type: "bot-created", bot }]);
    return bot.name;
  }

  /** A name that nobody chose is another one where somebody was given it first, here or in another process. */
  async #registerNamed(wish: NewBot, caller: Caller, specNamed: (name: string) => (id: string) => BotSpec): Promise<BotSpec> {
    if (!wish.isNameMadeUp) return this.#register(caller, specNamed(wish.name));
    const known = this.madeFor(caller);
    let name = known ?? this.freeName(wish.name);
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#register(caller, specNamed(name));
      } catch (failure) {
        // Other processes say it in the same words.
        const isTaken = failure instanceof UserError && failure.message === nameTaken(name).message;
        if (!isTaken || known !== undefined || tries >= NAME_TRIES_MAX) throw failure;
        name = this.freeName(wish.name, tries + 1);
      }
    }
  }

  /** The name that a request was given for its bot. */
  madeFor({ requestId }: Caller): string | undefined {
    for (const bot of this.#desk.state.bots.values()) if (bot.requestId === requestId) return bot.name;
    return undefined;
  }

  /** Gives a bot that may be made its name and its number. */
  async #register(caller: Caller, specFor: (id: string) => BotSpec): Promise<BotSpec> {
    const spec = specFor(`b${this.#desk.state.botsEver + 1}`);
    const { name, group, owner, account } = spec;
    return { ...spec, id: await told(this.#desk.register({ name, group, owner, account }, caller.requestId)) };
  }

  /** A market that does not answer now leaves the price unknown. */
  async #readPrice(symbol: string): Promise<void> {
    try {
      await this.#services.hub.prime(new Set([symbol]));
    } catch (failure) {
      if (!(failure instanceof TransientError)) throw failure;
    }
  }

  /**
   * Makes a bot with a spec of its own in an account, with the events that follow its creation in one append, and gives it its runner. A name that nobody
   * chose is found when it is the bot's turn, so that two of them never meet.
   */
  createIn(
    account: Account,
    nameOf: string | (() => string),
    caller: Caller,
    specFor: (id: string, name: string) => BotSpec,
    then: (spec: BotSpec) => readonly AccountEvent[],
  ): Promise<string> {
    const create = async () => {
      const name = typeof nameOf === "string" ? nameOf : nameOf();
      if (account.state.requests.includes(caller.requestId)) return name;
      if (this.#isTaken(name, caller)) throw nameTaken(name);
      const spec = await this.#register(caller, (id) => specFor(id, name));
      const { id: botId } = spec;
      const send = async () => {
        refuseRemoved(account);
        await account.executor.send(then(spec), caller.requestId);
      };
      try {
        await told(account.queue.run(send));
      } catch (failure) {
        if (!account.state.bots.has(botId)) await this.#desk.append([{ type: "bot-unregistered", botId }]);
        throw failure;
      }
      await this.#accounts.run(account, botId);
      return name;
    };
    return this.#naming.run(() => this.#creatingIn(account.writer.name).run(create));
  }

  /** A name for a bot that nobody has taken: the wished one, or one with a number behind it. */
  freeName(wished: string, from = 1): string {
    for (let count = from; ; count += 1) {
      const number = count === 1 ? "" : `-${count}`;
      const name = wished.slice(0, NAME_MAX - number.length) + number;
      if (!this.#registered(name)) return name;
    }
  }

  async start(name: string, caller: Caller): Promise<void> {
    const { account, bot } = this.find(name);
    await this.#accounts.run(account, bot.spec.id);
    await this.#inQueue(account, caller, async () => {
      refuseRemoved(account);
      if (bot.status === "running") throw new UserError(`${name} runs already.`);
      if (account.state.mode !== "paper") checkAlone(othersIn(account, bot), bot.spec);
      if (bot.status === "stopping") throw new UserError(`${name} is still closing its position. Wait for that, then start it.`);
      return [{ type: "bot-started", botId: bot.spec.id }];
    });
  }

  async stop(name: string, close: boolean, caller: Caller): Promise<void> {
    const { account, bot } = this.find(name);
    await told(
      account.queue.runFirst(async () => {
        if (account.state.requests.includes(caller.requestId)) return;
        if (bot.status !== "running" && bot.status !== "faulted" && !(close && !isFlat(bot.position)))
          throw new UserError(`${name} does not run.`);
        const canceled = await account.executor.cancelEntries(bot, "the bot was stopped");
        const stopped: AccountEvent = { type: "bot-stopped", botId: bot.spec.id, closing: close, reason: `stopped by ${caller.user}` };
        const closing = close ? account.executor.closing(bot, "close", wishOf(account, caller, "closed on stop")) : [];
        await account.executor.send([...canceled, stopped, ...closing], caller.requestId);
        account.runners.remove(bot.spec.id);
      }),
    );
  }

  async closePosition(name: string, caller: Caller): Promise<void> {
    const { account, bot } = this.find(name);
    await told(
      account.queue.runFirst(async () => {
        if (account.state.requests.includes(caller.requestId)) return;
        if (isFlat(bot.position)) throw new UserError(`${name} holds no position.`);
        const closing = account.executor.closing(bot, "close", wishOf(account, caller, "closed by hand"));
        if (closing.length === 0) throw new UserError(`${name} is closing its position already.`);
        await account.executor.send(closing, caller.requestId);
      }),
    );
  }

  async delete(name: string, caller: Caller): Promise<void> {
    const { account, bot } = this.find(name);
    await this.#inQueue(account, caller, async () => {
      if (!isFlat(bot.position)) throw new UserError(`${name} holds a position. Close it first, then delete the bot.`);
      const works = [...account.state.orders.values()].some((order) => order.botId === bot.spec.id && !isProtective(order));
      if (works) throw new UserError(`${name} has an order that is not settled yet. Stop the bot and try again in a moment.`);
      return [{ type: "bot-deleted", botId: bot.spec.id }];
    });
    account.runners.remove(bot.spec.id);
    await told(this.#desk.append([{ type: "bot-unregistered", botId: bot.spec.id }], caller.requestId));
  }

  /** Runs something while this process makes no bot in an account. */
  betweenCreations<T>(stream: string, task: () => Promise<T>): Promise<T> {
    return this.#creatingIn(stream).run(task);
  }

  async #inQueue(account: Account, caller: Caller, eventsOf: () => Promise<AccountEvent[]>): Promise<void> {
    await told(
      account.queue.run(async () => {
        if (account.state.requests.includes(caller.requestId)) return;
        await account.appendOnce(await eventsOf(), caller.requestId);
      }),
    );
  }

  /** Not by what this very request was given before its account moved, or the store failed: it goes on with that. */
  #isTaken(name: string, { requestId }: Caller): boolean {
    const known = this.#desk.names.named(name);
    if (!known) return false;
    return known.requestId !== requestId || this.#accounts.get(accountStream(known.account))?.state.bots.has(known.botId) === true;
  }

  #registered(name: string): boolean {
    return this.#desk.names.named(name) !== undefined;
  }
}

function refuseRemoved({ state }: Account): void {
  if (state.venue.removed) throw new UserError(`The account ${state.account} was removed, so nothing can be started there.`);
}

function othersIn({ state }: Account, bot: BotState): BotState[] {
  return [...state.bots.values()].filter((each) => each !== bot);
}

function wishOf(account: Account, caller: Caller, reason: string) {
  return { decision: caller.requestId, slotMs: account.now(), reason, values: {} };
}

/** A store that cannot write is said to the person who asked: nothing was done. */
export async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    if (!(failure instanceof StoreUnavailable)) throw failure;
    throw new UserError(
      `The store cannot write now (${failure.message}), so nothing was done. Free disk space or fix its permissions, then try again.`,
      { cause: failure },
    );
  }
}
