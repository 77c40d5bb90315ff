import { mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import pino from "pino";
import { ConfigError, messageOf } from "../domain/errors.ts";
import type { Logger } from "../ports/logger.ts";
import { loggableFacts } from "./loggable.ts";
import type { SecretRegistry } from "./secrets.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export interface LoggerOptions {
  readonly level: LogLevel;
  /** A file while a person is at the terminal; stderr otherwise. Never stdout, which belongs to the terminal platform. */
  readonly destination: "stderr" | { readonly file: string };
  readonly secrets: SecretRegistry;
}

const STDERR_FD = 2;

/** Only the owner of the process reads the log. */
const FILE_MODE = 0o600;

/**
 * The log: one JSON object a line, written before the call returns, so that nothing is lost at exit. Every line is scrubbed of
 * the registered secrets as its last step. Throws ConfigError when the file cannot be opened.
 */
export function createLogger(options: LoggerOptions): Logger & { flush(): void } {
  const destination = pino.destination({ fd: open(options.destination), sync: true });
  reportFirstFailure(destination, options.secrets);
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      hooks: { streamWrite: (line) => options.secrets.scrubLine(line) },
    },
    destination,
  );
  return { ...wrap(root), flush: () => destination.flushSync() };
}

function wrap(log: pino.Logger): Logger {
  return {
    debug: (facts, message) => log.isLevelEnabled("debug") && log.debug(loggableFacts(facts), message),
    info: (facts, message) => log.info(loggableFacts(facts), message),
    warn: (facts, message) => log.warn(loggableFacts(facts), message),
    error: (facts, message) => log.error(loggableFacts(facts), message),
    child: (bindings) => wrap(log.child(loggableFacts(bindings))),
  };
}

function open(destination: LoggerOptions["destination"]): number {
  if (destination === "stderr") return STDERR_FD;
  try {
    mkdirSync(dirname(destination.file), { recursive: true });
    return openSync(destination.file, "a", FILE_MODE);
  } catch (thrown) {
    const problem = `the log file ${destination.file} cannot be opened (${messageOf(thrown)})`;
    throw new ConfigError([{ setting: "LOG_FILE", problem, remedy: "Name a file in a folder that this user may write to." }]);
  }
}

/** A full disk must not end the desk: the first failure is told on stderr, and trading goes on without a log. */
function reportFirstFailure(destination: ReturnType<typeof pino.destination>, secrets: SecretRegistry): void {
  let told = false;
  destination.on("error", (error: Error) => {
    if (told) return;
    told = true;
    try {
      writeSync(STDERR_FD, `The log cannot be written (${secrets.scrub(error.message)}); the desk runs on without it.\n`);
    } catch {
      // stderr is closed as well: there is nobody left to tell.
    }
  });
}
