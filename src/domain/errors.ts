/** Tell the person: the message says what was expected, what was found and what to do, and is safe to show. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Try again with back-off: the cause is expected to pass. */
export class TransientError extends Error {
  override readonly name = "TransientError";
}

/** Fault this bot and tell its owner; other bots go on. */
export class BotFault extends Error {
  override readonly name = "BotFault";
}

/** One fault of the configuration with its remedy. */
export interface ConfigProblem {
  setting: string;
  problem: string;
  remedy: string;
}

/** Refuse to start. All faults are listed at once, each with its remedy. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: ConfigProblem[];
  constructor(problems: ConfigProblem[]) {
    super(problems.map(({ setting, problem, remedy }) => `${setting}: ${problem}. ${remedy}`).join("\n"));
    this.problems = problems;
  }
}

/** The store is another process's now: whoever stands by waits for its end. */
export class StoreInUse extends ConfigError {}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
