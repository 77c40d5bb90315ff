import { loadConfig } from "../../../config/load.ts";
import { type Config, settingList } from "../../../config/schema.ts";
import { ConfigError } from "../../domain/errors.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import { type Finding, fail, ok } from "./finding.ts";

const ABOUT = "configuration";
const TRIES_MAX = 10;

type Environment = Readonly<Record<string, string | undefined>>;
export type ReadFile = (path: string) => string;

/** The settings, each fault of them as a finding of its own. What is wrong is left out of the configuration, so that the rest can be looked at. */
export function configured(
  environment: Environment,
  readFile: ReadFile,
): { readonly config: Config; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  let left = environment;
  for (let tries = 0; ; tries++) {
    try {
      const config = loadConfig(left, readFile);
      return { config, findings: findings.length > 0 ? findings : [ok(ABOUT, summaryOf(config, environment))] };
    } catch (thrown) {
      if (!(thrown instanceof ConfigError) || tries >= TRIES_MAX) throw thrown;
      for (const { setting, problem, remedy } of thrown.problems) findings.push(fail(ABOUT, `${setting}: ${problem}`, remedy));
      const wrong = new Set(thrown.problems.flatMap(({ setting }) => [setting, setting.replace(/_FILE$/, ""), `${setting}_FILE`]));
      left = Object.fromEntries(Object.entries(left).filter(([name]) => !wrong.has(name)));
    }
  }
}

function summaryOf(config: Config, environment: Environment): string {
  const set = settingList.filter(({ name }) => environment[name]?.trim() || environment[`${name}_FILE`]?.trim()).length;
  const { market, liveCeiling } = config;
  const prices =
    market.kind === "exchange" ? `prices of ${exchangeName(market.id)}` : `a ${market.kind === "replay" ? "replayed" : "simulated"} market`;
  const live = liveCeiling ? `live trading up to ${liveCeiling.amount.toFixed()} ${liveCeiling.currency}` : "no live trading";
  return `${set === 0 ? "nothing is set" : `${set} of ${settingList.length} settings are set`}: ${prices}, ${live}`;
}
