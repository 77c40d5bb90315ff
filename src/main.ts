import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { examine } from "./app/doctor.ts";
import { startEngineProcess } from "./app/engine-process.ts";
import { NewerBuild } from "./app/newer-build.ts";
import type { RunningProcess } from "./app/process.ts";
import { rotateConfigured } from "./app/rotate-keys.ts";
import { standBy, startAgain } from "./app/standby.ts";
import { storeCommand } from "./app/store-commands.ts";
import { type DeskOptions, startDesk } from "./app.ts";
import { ConfigError, messageOf } from "./domain/errors.ts";
import { Secret } from "./domain/secret.ts";
import { SHUTDOWN_MS } from "./engine/limits.ts";
import { openTerminal, personPresent, say } from "./platforms/terminal.ts";
import type { Logger } from "./ports/logger.ts";
import { cronerCalendar } from "./system/calendar.ts";
import { systemChance } from "./system/chance.ts";
import { systemClock } from "./system/clock.ts";
import { CrashNote } from "./system/crash-note.ts";
import { cronBeat } from "./system/cron.ts";
import { watchEventLoop } from "./system/event-loop.ts";
import { createLogger } from "./system/logger.ts";
import { openPainter } from "./system/painter.ts";
import { SecretRegistry } from "./system/secrets.ts";
import { KeyRing } from "./system/vault/key-ring.ts";
import { openVault } from "./system/vault.ts";

const EXIT_CONFIG = 1;
const EXIT_CUT_SHORT = 1;
const EXIT_CRASH = 70;
const ENV_FILE = ".env";
const STORE = "--store";
const DOCTOR = "--doctor";
const ROTATE = "--rotate-keys";
const USAGE = `scalpstorm: a chat-operated crypto trading desk

  npm start                 the desk, with this terminal as its first chat
  npm start -- --json       one JSON line per answer and alert, for scripts
  npm start -- --script     ends when the piped commands end
  npm start -- --rotate-keys  wraps every stored key under the current KEY_ENCRYPTION_KEY; the desk must not be running
  npm run doctor            looks whether everything that a desk needs is there: settings, clock, store, exchanges, tokens, disk
  npm run store -- backup FILE   copies the store while the desk runs, and looks whether the copy has its books
  npm run store -- drill FILE    restores a backup into a folder of its own, opens and compares it, and deletes it again
  npm run store -- restore FILE  puts a backup where STORE_URL says, where nothing is yet
  npm run store -- migrate FROM TO  copies a whole store, such as sqlite:FILE to mongodb://HOST/DATABASE, and compares the two
  npm run store -- setup    makes the replica set and the user that STORE_URL names, with STORE_ADMIN_PASSWORD
  npm start -- --help       this text; settings are in .env.example
`;

// What this process makes (the store with all of its side files, logs, backups) is for its user alone, whatever the shell's mask.
process.umask(0o077);
const root = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../" : "../../", import.meta.url));
await main(new Set(process.argv.slice(2)));

async function main(flags: ReadonlySet<string>): Promise<void> {
  if (flags.has("--help")) return say(USAGE);
  if (flags.has(STORE)) return store(process.argv.slice(2).filter((word) => word !== STORE));
  if (flags.has(DOCTOR)) return doctor(process.argv.slice(2).filter((word) => word !== DOCTOR));
  const unknown = [...flags].find((flag) => !["--json", "--script", ROTATE].includes(flag));
  if (unknown) return refuse([`${unknown} is not an option of this command. --help lists them.`]);
  try {
    const config = loadConfig(environment(), (path) => readFileSync(path, "utf8"));
    await (flags.has(ROTATE) ? rotate(config) : run(config, flags));
  } catch (failure) {
    if (failure instanceof ConfigError) return refuse(failure.message.split("\n"));
    throw failure;
  }
}

/** Wraps every stored key under the current key-encryption key, says what came of it, and ends. */
async function rotate(config: Config): Promise<void> {
  const chance = systemChance();
  const clock = systemClock();
  const logger = createLogger({ level: "warn", destination: "stderr", secrets: secretsOf(config) });
  const vault = openVault({ ring: new KeyRing(config, chance), chance, register: () => undefined });
  const { wrapped, kept, problems } = await rotateConfigured(config, { vault, clock, chance, logger });
  if (problems.length > 0) return refuse([`${wrapped} wrapped anew, ${kept} as they were, ${problems.length} could not be:`, ...problems]);
  say(`${wrapped} wrapped anew, ${kept} were under the current key already. The former key is needed no more.\n`);
}

/** The commands about stores. */
async function store(words: readonly string[]): Promise<void> {
  try {
    const config = loadConfig(environment(), (path) => readFileSync(path, "utf8"));
    const logger = createLogger({ level: "warn", destination: "stderr", secrets: secretsOf(config) });
    say(`${await storeCommand({ config, clock: systemClock(), chance: systemChance(), logger }, words)}\n`);
  } catch (failure) {
    if (failure instanceof ConfigError) return refuse(failure.message.split("\n"));
    throw failure;
  }
}

/** Says what keeps a desk from working, if anything does: then the exit code is 1. */
async function doctor(exchanges: readonly string[]): Promise<void> {
  const readFile = (path: string) => readFileSync(path, "utf8");
  const parts = { environment: environment(), readFile, clock: systemClock(), version: version(), envFile: ENV_FILE, exchanges };
  const { text, isFit } = await examine(parts);
  say(text);
  if (!isFit) process.exitCode = EXIT_CONFIG;
}

/** Every secret of the configuration, for the scrubber. */
function secretsOf(config: Config): SecretRegistry {
  const secrets = new SecretRegistry();
  for (const setting of Object.values(config)) if (setting instanceof Secret) secrets.register(setting.reveal());
  return secrets;
}

/** Runs a desk until a signal, the end of a script, or a fault that nothing may outlive. */
async function run(config: Config, flags: ReadonlySet<string>): Promise<void> {
  const clock = systemClock();
  const chance = systemChance();
  const secrets = secretsOf(config);
  const person = personPresent() && !flags.has("--json");
  const logger = createLogger({ level: config.logLevel, destination: person ? { file: config.logFile } : "stderr", secrets });
  const note = new CrashNote(`${config.panicFile}.crash`);
  const crash = (failure: unknown): never => {
    const cause = secrets.scrub(messageOf(failure));
    logger.error({ failure }, "the desk ends, because it must not go on like this");
    note.leave(cause);
    process.stderr.write(`The desk ended: ${cause}\n`);
    process.exit(EXIT_CRASH);
  };
  /** What this process has is whole, so others may have it at once; the code says that nobody asked it to end. */
  const giveWay = ({ message }: NewerBuild) => {
    logger.error({ problem: message }, "the desk gives way to a newer version");
    process.stderr.write(`The desk ended: ${message}\n`);
    void stop("it met what only a newer version knows", { isAgain: false, code: EXIT_CRASH });
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  const started = Promise.withResolvers<RunningProcess>();
  let standsBy = config.standby;
  const wait = async () => {
    standsBy = config.standby;
    if (standsBy) await standBy({ config, clock, chance, logger, version: version() });
    standsBy = false;
  };
  const stop = stopper({ started: started.promise, standsBy: () => standsBy, logger, secrets });
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
  if (process.platform !== "win32")
    process.on("SIGUSR2", () => void started.promise.then((desk) => desk.panic("signal SIGUSR2")).catch(crash));
  await wait();
  const options = {
    config,
    clock,
    vault: openVault({ ring: new KeyRing(config, chance), chance, register: (value: string) => secrets.register(value) }),
    beat: cronBeat(logger),
    chance,
    logger,
    version: version(),
    crashCause: note.take(),
    residentBytes: () => process.memoryUsage.rss(),
    ...(config.httpAddress ? { loopDelay: watchEventLoop() } : {}),
    panicRequested: () => existsSync(config.panicFile),
    onFatal: (failure: unknown) => (failure instanceof NewerBuild ? giveWay(failure) : crash(failure)),
  };
  if (config.role === "engine") return started.resolve(await startEngineProcess(options));
  const deskOptions: DeskOptions = {
    ...options,
    onSecret: (value) => secrets.registerPassing(value),
    calendar: cronerCalendar(),
    commandsFolder: fileURLToPath(new URL("../commands/", import.meta.url)),
    painter: openPainter({ clock, logger }),
    terminal: (needs) => {
      const terminal = openTerminal({
        ...needs,
        json: flags.has("--json"),
        interactive: person,
        endsAtEof: config.marketSpeed === "script" || flags.has("--script"),
        historyFile: `${config.logFile}.history`,
        colors: person && !process.env.NO_COLOR,
        clock,
        chance,
      });
      // A desk that stops ends its terminal, too: that is no second wish to stop.
      void terminal.ended.then(() => stop("the terminal ended", { isAgain: false }));
      return terminal;
    },
  };
  const desk = await (config.standby ? startAgain(() => startDesk(deskOptions), wait) : startDesk(deskOptions));
  started.resolve(desk);
  if (desk.claimCode)
    process.stderr.write(`Nobody owns this desk yet. Send this in Discord or Telegram: /access link code:${desk.claimCode}\n`);
}

type Stop = (reason: string, options?: { readonly isAgain: boolean; readonly code?: number }) => Promise<void>;

interface StopperParts {
  readonly started: Promise<RunningProcess>;
  readonly standsBy: () => boolean;
  readonly logger: Logger;
  readonly secrets: SecretRegistry;
}

/** Stops once, within the time that a shutdown may take, and exits with a code; a second signal ends at once. */
function stopper({ started, standsBy, logger, secrets }: StopperParts): Stop {
  let stopping = false;
  let asked = false;
  return async (reason, { isAgain, code = 0 } = { isAgain: true }) => {
    // One that gives way by itself is often asked to end at the same moment: that cuts nothing short.
    const isSecond = asked && isAgain;
    asked ||= isAgain;
    if (isSecond) process.exit(EXIT_CUT_SHORT);
    if (stopping) return;
    // Nothing is open and nothing was done.
    if (standsBy()) process.exit(0);
    stopping = true;
    setTimeout(() => process.exit(code || EXIT_CUT_SHORT), SHUTDOWN_MS).unref();
    const desk = await started;
    try {
      await desk.stop(reason);
      process.exit(code);
    } catch (failure) {
      // A store that takes nothing is no crash of a process that was asked to end.
      logger.error({ failure }, "the stop was cut short; the next start recovers what could not be kept");
      process.stderr.write(`The stop was cut short: ${secrets.scrub(messageOf(failure))}\n`);
      process.exit(code || EXIT_CUT_SHORT);
    }
  };
}

/** The process environment, with what a .env file beside the project adds. */
function environment(): NodeJS.ProcessEnv {
  if (existsSync(ENV_FILE)) process.loadEnvFile(ENV_FILE);
  return process.env;
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("package.json", `file://${root}`), "utf8")) as { version: string };
  return version;
}

/** Says why there is no desk, and ends at once: what was opened on the way holds nothing yet. */
function refuse(lines: readonly string[]): void {
  process.stderr.write(`${lines.join("\n")}\n`);
  process.exit(EXIT_CONFIG);
}
