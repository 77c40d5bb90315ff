import { ConfigError, type ConfigProblem, messageOf } from "../src/domain/errors.ts";
import { roleProblems } from "./role.ts";
import { type Config, settingList, settings } from "./schema.ts";
import type { Setting } from "./setting.ts";
import { typosIn } from "./typos.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Reading = { readonly value: unknown } | ConfigProblem;

const noFiles = (path: string): string => {
  throw new Error(`no file can be read here, not even ${path}`);
};

/**
 * The configuration of this process from its environment. An empty text counts as unset. A secret may come from the file that
 * `NAME_FILE` names, read by `readFile`. Throws ConfigError with every fault and its remedy at once.
 */
export function loadConfig(environment: Environment, readFile: (path: string) => string = noFiles): Config {
  const problems: ConfigProblem[] = typosIn(environment, settingList);
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const reading = read(setting, environment, readFile);
    if ("value" in reading) values[key] = reading.value;
    else problems.push(reading);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const config = values as Config;
  const together = roleProblems(config);
  if (together.length > 0) throw new ConfigError(together);
  return config;
}

function read(setting: Setting<unknown>, environment: Environment, readFile: (path: string) => string): Reading {
  const typed = setting.secret ? fromFile(setting, environment, readFile) : environment[setting.name];
  if (typeof typed === "object") return typed;
  const text = typed?.trim() || setting.default;
  if (text === undefined) return { value: undefined };
  const parsed = setting.parser.safeParse(text);
  if (parsed.success) return { value: parsed.data };
  return { setting: setting.name, problem: parsed.error.issues.map(({ message }) => message).join("; "), remedy: setting.remedy };
}

/** A secret typed or read from its file; both at once is a fault, since one of them is stale. */
function fromFile(
  setting: Setting<unknown>,
  environment: Environment,
  readFile: (path: string) => string,
): string | undefined | ConfigProblem {
  const fileSetting = `${setting.name}_FILE`;
  const typed = environment[setting.name]?.trim();
  const path = environment[fileSetting]?.trim();
  if (!path) return typed;
  if (typed) return { setting: fileSetting, problem: `${setting.name} is set as well`, remedy: "Keep one of the two." };
  try {
    const content = readFile(path).trim();
    if (content !== "") return content;
    return { setting: fileSetting, problem: `the file ${path} is empty`, remedy: `Write the value of ${setting.name} into it.` };
  } catch (thrown) {
    return {
      setting: fileSetting,
      problem: `the file ${path} cannot be read (${messageOf(thrown)})`,
      remedy: "Check its path and who may read it.",
    };
  }
}
