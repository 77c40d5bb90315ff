import type { z } from "zod";
import type { DeskEvent, KeyEntry, Role } from "../domain/events.ts";
import type { Backing } from "../ports/backing.ts";
import type { Backtests } from "../ports/backtest.ts";
import type { Clock } from "../ports/clock.ts";
import type { AccountFacts, BotFacts, Caller, DeskLedger, Engine } from "../ports/engine.ts";
import type { Place, Platform, Request } from "../ports/platform.ts";
import type { SecretForm, SecretValues } from "../ports/secret-form.ts";
import type { Shenron } from "../ports/shenron.ts";
import type { Strategy } from "../ports/strategy.ts";
import type { View } from "../ports/view.ts";
import type { AccountLimits } from "../risk/entry.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import type { Claim } from "./claim.ts";
import type { Identity } from "./identity.ts";
import type { Card } from "./view.ts";

/** The strategies that a person may name. */
export interface Strategies {
  strategyNames(): readonly string[];
  /** Throws UserError when there is none of that name. */
  strategyNamed(name: string): Strategy;
}

/** What happens with the secrets that a form brought in, and how they came. Whatever it answers is masked before anybody reads it. */
export type FormContinuation = (values: SecretValues, enteredBy: KeyEntry) => Promise<View | Card>;

/** What one use of a command gets: facts, the ports, and who asks from where. */
export interface Call<A> {
  readonly args: A;
  /** The bots that the command's bot argument names; the caller holds the command's role on each. */
  readonly bots: readonly BotFacts[];
  /** The bots that the caller may see. */
  readonly visible: readonly BotFacts[];
  /** The accounts that the caller may see: all for those who may see the whole desk, else their own. */
  readonly accounts: readonly AccountFacts[];
  readonly engine: Engine;
  readonly desk: DeskLedger;
  readonly strategies: Strategies;
  readonly backtests: Backtests;
  readonly clock: Clock;
  readonly backings: readonly Backing[];
  readonly platforms: readonly Pick<Platform, "name" | "reachable">[];
  readonly catalog: readonly CatalogEntry[];
  readonly claim: Claim | undefined;
  /** The AI service, where one is set. */
  readonly shenron: Shenron | undefined;
  /** The limits of every account that the settings bring. */
  readonly limits: AccountLimits;
  /** The desk's own time zone. */
  readonly timeZone: string;
  readonly version: string;
  readonly user: Request["user"];
  readonly place: Place;
  /** The caller's role on the whole desk, as it counts at this place. */
  readonly role: Role | undefined;
  readonly identity: Identity;
  readonly caller: Caller;
  /** The caller for one of several effects of this request, so that each of them happens once. */
  callerFor(effect: string): Caller;
  /**
   * Adds a fact to the desk's stream, in one append with the audit of this command. With `look` the fact follows from what that sees now: where it sees
   * something else, or throws, when it is the fact's turn to be written, nothing is written and the command is refused.
   */
  record(event: DeskEvent, look?: () => unknown): void;
  /** Shows an interim view of long work. */
  progress(view: View | Card): void;
  /**
   * Opens a form for exactly this person at this place; the command answers with what this resolves with, and must be `private`.
   * `then` runs once, when the form was filled in within ten minutes; a restart forgets it. The command counts as done only then:
   * facts recorded before or in `then` are appended with its audit. Facts of this call may be old by then: ask the engine again.
   * Rejects with UserError where secrets are not taken, such as in a Telegram group.
   */
  secretForm(form: SecretForm, then: FormContinuation): Promise<View>;
}

/** What will happen, in one sentence or on a card; a whole view refuses with it, and nothing at all needs no confirmation. */
export type Question = string | Card | View | undefined;

/** Accounts and bots as far as a person may know them. */
export interface There {
  readonly accounts: readonly AccountFacts[];
  readonly bots: readonly BotFacts[];
}

export interface Definition<A extends z.ZodRawShape> {
  readonly summary: string;
  /** `anyone` is for what a stranger may do. */
  readonly role: Role | "anyone";
  readonly args: A;
  readonly readOnly?: boolean;
  /** The answer is for that person only. */
  readonly private?: boolean;
  /** A grant on any bot is enough: the answer shows only what that person may see. */
  readonly partial?: boolean;
  /** Lowers risk and may be repeated: it is run again when a restart interrupted it. */
  readonly rerun?: boolean;
  /** Raises risk or adds a key: it also wants a second factor that is not on the device that asks. */
  readonly factor?: boolean;
  /** Uses of it that need no second factor after all, because nothing real is at stake. */
  factorUnless?(call: Call<z.output<z.ZodObject<A>>>): boolean | Promise<boolean>;
  /** Which optional arguments are asked for all the same, where that depends on what else was given. */
  asks?(given: Readonly<Record<string, string>>): readonly string[];
  /** What can be done all the same, said where an argument is asked for and nothing exists that it could name. `there` is what the person may know of. */
  otherwise?(there: There): string;
  /** Asked before it runs. */
  danger?(call: Call<z.output<z.ZodObject<A>>>): Promise<Question> | Question;
  run(call: Call<z.output<z.ZodObject<A>>>): Promise<View | Card> | View | Card;
}

export type Args = Record<string, unknown>;

/** A command as the dispatcher knows it. */
export interface Command {
  readonly kind: "command";
  readonly summary: string;
  readonly role: Role | "anyone";
  readonly args: Readonly<Record<string, z.ZodType>>;
  readonly readOnly: boolean;
  readonly private: boolean;
  readonly partial: boolean;
  readonly rerun: boolean;
  readonly factor: boolean;
  factorUnless?(call: Call<Args>): boolean | Promise<boolean>;
  asks?(given: Readonly<Record<string, string>>): readonly string[];
  otherwise?(there: There): string;
  danger?(call: Call<Args>): Promise<Question> | Question;
  run(call: Call<Args>): Promise<View | Card> | View | Card;
}

/** Declares a command. Its one shape yields validation, types, registration, help, questions and the README table. */
export function defineCommand<const A extends Record<string, z.ZodType>>(definition: Definition<A>): Command {
  const { readOnly = false, partial = false, rerun = false, factor = false } = definition;
  return { ...definition, kind: "command", readOnly, partial, rerun, factor, private: definition.private ?? false };
}

/** Whether this use of a command wants a second factor. */
export async function wantsFactor(command: Command, call: Call<Args>): Promise<boolean> {
  return command.factor && (await command.factorUnless?.(call)) !== true;
}

/** Whether what a file exports was made by `defineCommand`. */
export function isCommand(value: unknown): value is Command {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "command" && "run" in value;
}

export type Commands = ReadonlyMap<string, Command>;
