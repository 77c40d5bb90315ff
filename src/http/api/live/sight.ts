import { type Asker, atLeast, deskRole, holdsAny, type People, peopleOf, seesAccountOf, seesBot } from "../../../chat/access.ts";
import type { Dispatcher } from "../../../chat/dispatcher.ts";
import type { BotSpec } from "../../../domain/bot.ts";
import { accountOf, DESK_STREAM } from "../../../engine/streams.ts";
import type { Bearer } from "../bearer.ts";

/** What one program may be told of, by the rights that it has at one record of the desk's stream, which all rights follow from. */
export class Sight {
  readonly #door: Dispatcher;
  readonly #asker: Asker;
  readonly #people: People;
  readonly #seesBot: ReturnType<typeof seesBot>;
  readonly #seesAccountOf: ReturnType<typeof seesAccountOf>;
  readonly #seesDesk: boolean;
  /** Accounts with bots that may be seen: looked for once, because there may be thousands of bots. */
  #accounts: ReadonlySet<string> | undefined;

  constructor(door: Dispatcher, { user, place }: Bearer) {
    const { desk, owners } = door.options;
    this.#door = door;
    this.#asker = { user: user.id, place: place.id };
    this.#people = peopleOf(desk.state, owners);
    this.#seesBot = seesBot(this.#people, this.#asker);
    this.#seesAccountOf = seesAccountOf(this.#people, this.#asker);
    this.#seesDesk = atLeast(deskRole(this.#people, this.#asker), "viewer");
  }

  get isAny(): boolean {
    return holdsAny(this.#people, this.#asker);
  }

  bot(spec: BotSpec | undefined): boolean {
    return this.#seesDesk || (spec !== undefined && this.#seesBot(spec));
  }

  /** An account as such: its equity, and what happens to it as a whole. */
  account(name: string): boolean {
    const owner = this.#door.options.desk.state.accounts.get(name)?.owner;
    return this.#seesDesk || (owner !== undefined && this.#seesAccountOf(owner));
  }

  /** What happened to nothing that is closer named than its stream. */
  whole(stream: string): boolean {
    const account = accountOf(stream);
    return account === undefined ? this.#seesDesk : this.account(account);
  }

  /** The streams of which anything may be told, the desk's first. */
  streams(names: readonly string[]): readonly string[] {
    if (this.#seesDesk) return [...names].sort((a, b) => Number(b === DESK_STREAM) - Number(a === DESK_STREAM));
    this.#accounts ??= this.#accountsOfBots();
    const accounts = this.#accounts;
    return names.filter((stream) => {
      const account = accountOf(stream);
      return account !== undefined && (accounts.has(account) || this.account(account));
    });
  }

  #accountsOfBots(): ReadonlySet<string> {
    const bots = [...this.#door.options.desk.state.bots.values()];
    return new Set(bots.filter((bot) => this.#seesBot(bot)).map(({ account }) => account));
  }
}
