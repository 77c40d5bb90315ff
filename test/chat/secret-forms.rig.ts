import { type Call, defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { KeyEntry } from "../../src/domain/events.ts";
import { Secret } from "../../src/domain/secret.ts";
import type { Place } from "../../src/ports/platform.ts";
import type { SecretValues } from "../../src/ports/secret-form.ts";
import type { View } from "../../src/ports/view.ts";
import { canary } from "../kit/canary/canary.ts";
import { ADMIN, ChatDesk, HERE } from "./door.ts";

/** Canaries: as long and mixed as an exchange's own. */
export const KEY = canary("exchange key");
export const SECRET = canary("exchange secret");

export const TWO_FIELDS = {
  title: "The key of main",
  fields: [
    { name: "apiKey", label: "API key" },
    { name: "secret", label: "Secret" },
  ],
};

export interface Came {
  readonly values: Readonly<Record<string, string>>;
  readonly enteredBy: KeyEntry;
}

type Work = (call: Call<Record<never, never>>, values: SecretValues) => Promise<void> | void;

/** A chat desk with one command that asks for a key. */
export class FormDesk {
  readonly came: Came[] = [];
  readonly registered: string[] = [];
  readonly told: View[] = [];
  readonly desk: ChatDesk;

  private constructor(desk: ChatDesk, kept: Pick<FormDesk, "came" | "registered" | "told">) {
    Object.assign(this, kept);
    this.desk = desk;
  }

  static async open(options: Parameters<typeof ChatDesk.open>[0] = {}, work: Work = () => undefined): Promise<FormDesk> {
    const came: Came[] = [];
    const registered: string[] = [];
    const told: View[] = [];
    const connect = defineCommand({
      summary: "Connects an account",
      role: "admin",
      private: true,
      args: {},
      run: (call) =>
        call.secretForm(TWO_FIELDS, async (values, enteredBy) => {
          came.push({ values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.reveal()])), enteredBy });
          await work(call, values);
          return card("main is connected").good();
        }),
    });
    const desk = await ChatDesk.open({
      commands: new Map([["account connect", connect]]),
      onSecret: (value) => registered.push(value),
      tell: async (_request, view) => void told.push(view),
      ...options,
    });
    return new FormDesk(desk, { came, registered, told });
  }

  /** Opens the form like a platform: stored first, then handled. */
  async ask(place = HERE, user = ADMIN): Promise<View> {
    const request = this.desk.request("account connect", user, place);
    await this.desk.door.accept(request);
    return this.desk.door.handle(request);
  }

  submit(view: View, values: Readonly<Record<string, string>>, user = ADMIN, place: Place = HERE): Promise<View> {
    const entered = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
    return this.desk.door.forms.submit({ token: view.form?.token ?? "none", values: entered, user: { id: user, name: user }, place });
  }

  /** Everything that this desk wrote down or said, as text. */
  traces(...views: readonly (View | undefined)[]): string {
    const { inbox, ledger, log } = this.desk;
    return JSON.stringify([[...inbox.rows], ledger.events, log, views, this.told]);
  }
}

/** A continuation that says the secret in every way a command could. */
export const blabs =
  (how: "user-error" | "crash" | "fact" | "progress" | "fact-and-error"): Work =>
  (call, { apiKey }) => {
    const said = `the exchange does not know ${apiKey!.reveal()}`;
    if (how === "user-error") throw new UserError(said);
    if (how === "crash") throw new Error(said, { cause: said });
    if (how === "progress") return call.progress(card(said));
    call.record({ type: "access-denied", user: said, place: "x", path: encodeURIComponent(said) });
    if (how === "fact-and-error") throw new UserError("refused");
  };
