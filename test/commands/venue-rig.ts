import { Secret } from "../../src/domain/secret.ts";
import type { Environment } from "../../src/ports/live-venue.ts";
import type { View } from "../../src/ports/view.ts";
import { ADMIN, ChatDesk, HERE, TERMINAL } from "../chat/door.ts";
import { canary } from "../kit/canary/canary.ts";

/** Who sits at the machine: asked to confirm by a word, and for no second factor. */
export const LOCAL = "terminal:local";

/** A desk with what a test needs of exchanges. */
export class VenueDesk {
  readonly desk: ChatDesk;

  private constructor(desk: ChatDesk) {
    this.desk = desk;
  }

  static async open(): Promise<VenueDesk> {
    return new VenueDesk(await ChatDesk.open());
  }

  get engine() {
    return this.desk.engine;
  }

  get exchanges() {
    return this.desk.engine.exchanges;
  }

  /** An account as `account connect` would make it. */
  async connect(name: string, environment: Environment = "live", exchangeId = "binance", owner = ADMIN): Promise<void> {
    const credentials = { apiKey: new Secret(canary("exchange key")), secret: new Secret(canary("exchange secret")) };
    const wish = { name, exchangeId, environment, credentials, enteredBy: "terminal", acknowledged: true } as const;
    await this.engine.connectAccount(wish, { requestId: `connect ${name}`, user: owner });
  }

  /** A bot on paper, and beside it one that was promoted. */
  async promoted(name: string, account: string): Promise<string> {
    await this.type(`bot create name:${name} symbol:btc strategy:ema-cross timeframe:1m size:"20 USDT"`);
    const caller = { requestId: `promote ${name}`, user: ADMIN };
    return (await this.engine.promoteBot(name, account, undefined, caller)).state.spec.name;
  }

  /** A line typed on Discord by the admin. */
  type(line: string, user = ADMIN): Promise<View> {
    return this.desk.type(line, user, HERE);
  }

  /** A line typed at the machine. */
  local(line: string): Promise<View> {
    return this.desk.type(line, LOCAL, TERMINAL);
  }

  /** What an exchange says of a key when the form of `account connect` is filled in. */
  fill(view: View, values: Readonly<Record<string, string>>, user = LOCAL, place = TERMINAL): Promise<View> {
    const entered = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
    return this.desk.door.forms.submit({ token: view.form?.token ?? "none", values: entered, user: { id: user, name: user }, place });
  }
}
