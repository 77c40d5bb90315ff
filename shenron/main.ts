import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import * as parse from "../config/parsers.ts";
import { type Analyst, ruleAnalyst } from "./analyst.ts";
import { Journal } from "./journal.ts";
import { modelAnalyst } from "./model.ts";
import { shenronServer } from "./server.ts";

const HOST = "127.0.0.1";
const PORT = "8791";
const USAGE = `shenron: the reference SHENRON service, for a desk on this machine

  SHENRON_KEY        the key that the desk signs with; needed
  SHENRON_PORT       where it listens on ${HOST}; ${PORT} unless set, 0 for any free port
  SHENRON_MODEL_URL  an endpoint that speaks OpenAI's chat completions, as https://api.example/v1; without it, rules answer
  SHENRON_MODEL_KEY  its key
  SHENRON_MODEL      the name of the model
`;

/** A setting that does not parse, in one sentence. */
class Unusable extends Error {}

// The desk's own .env serves both, so that the key is written once.
if (existsSync(".env")) process.loadEnvFile(".env");
main(process.env);

function main(environment: NodeJS.ProcessEnv): void {
  if (process.argv.includes("--help")) return void process.stdout.write(USAGE);
  const say = (line: string) => process.stderr.write(`shenron: ${line}\n`);
  try {
    const key = setting(environment, "SHENRON_KEY", parse.signingKey);
    const port = setting({ SHENRON_PORT: PORT, ...environment }, "SHENRON_PORT", parse.wholeNumber(0, 65_535));
    const analyst = analystOf(environment);
    const server = shenronServer({ key, analyst, journal: new Journal(), now: Date.now, say });
    server.on("error", (error) => end(say, error.message));
    server.listen({ host: HOST, port }, () => {
      const { port: bound } = server.address() as AddressInfo;
      say(`listens on http://${HOST}:${bound}, answered by ${analyst.kind === "rules" ? "rules" : "a model"}`);
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
  } catch (failure) {
    if (!(failure instanceof Unusable)) throw failure;
    end(say, failure.message);
  }
}

function analystOf(environment: NodeJS.ProcessEnv): Analyst {
  const names = ["SHENRON_MODEL_URL", "SHENRON_MODEL_KEY", "SHENRON_MODEL"] as const;
  const given = names.filter((name) => environment[name]?.trim());
  if (given.length === 0) return ruleAnalyst;
  if (given.length < names.length) throw new Unusable(`set all of ${names.join(", ")}, or none of them`);
  return modelAnalyst({
    url: setting(environment, "SHENRON_MODEL_URL", parse.apiUrl),
    key: setting(environment, "SHENRON_MODEL_KEY", parse.secret),
    model: setting(environment, "SHENRON_MODEL", parse.text),
  });
}

/** Reads one setting by the parsers of the desk. */
function setting<T>(environment: NodeJS.ProcessEnv, name: string, parser: { safeParse(text: string): SafeResult<T> }): T {
  const text = environment[name]?.trim();
  if (!text) throw new Unusable(`${name} is not set; --help lists the settings`);
  const parsed = parser.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new Unusable(`${name}: ${parsed.error.issues.map(({ message }) => message).join("; ")}`);
}

type SafeResult<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly error: { readonly issues: readonly { readonly message: string }[] } };

function end(say: (line: string) => void, why: string): void {
  say(why);
  process.exitCode = 1;
}
