import { messageOf } from "../domain/errors.ts";
import { Secret } from "../domain/secret.ts";
import type { Clock } from "../ports/clock.ts";
import { SecretRegistry } from "../system/secrets.ts";
import { apiFindings } from "./doctor/api.ts";
import { chatFindings } from "./doctor/chats.ts";
import { configured, type ReadFile } from "./doctor/configuration.ts";
import { exchangeFindings } from "./doctor/exchanges.ts";
import { type Finding, fail, type Look, ok } from "./doctor/finding.ts";
import { diskFindings, fileFindings, startFindings } from "./doctor/machine.ts";
import { redisFindings } from "./doctor/redis.ts";
import { storeFindings } from "./doctor/stores.ts";
import { clockFinding } from "./doctor/time.ts";

/** How long any look may take; each question over the network takes less. */
const LOOK_MS = 8_000;
const GRADE_CHARS = 4;
const ABOUT_CHARS = 13;

export interface DoctorParts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
  readonly clock: Clock;
  readonly version: string;
  readonly envFile: string;
  /** Exchanges to ask beside those that the settings and the store name. */
  readonly exchanges: readonly string[];
}

export interface Examination {
  readonly findings: readonly Finding[];
  /** For people, without a secret. */
  readonly text: string;
  /** Whether nothing keeps the desk from working; warnings do not. */
  readonly isFit: boolean;
}

/** Looks at everything that a desk needs. Takes nothing from a desk that runs, changes nothing, and ends within seconds whatever does not answer. */
export async function examine({ environment, readFile, clock, version, envFile, exchanges }: DoctorParts): Promise<Examination> {
  const { config, findings: settings } = configured(environment, readFile);
  const look = { config, environment, clock, envFile };
  const store = await within(look, "store", storeFindings(look), (finding) => ({ findings: [finding], exchanges: [] }));
  const named = [...exchanges, ...(config.market.kind === "exchange" ? [config.market.id] : []), ...store.exchanges];
  const nothing = (finding: Finding) => ({ findings: [finding], skews: [] });
  const [redis, asked, chats, api] = await Promise.all([
    within(look, "redis", redisFindings(look), (finding) => [finding]),
    within(look, "exchanges", exchangeFindings(look, named), nothing),
    within(look, "chats", chatFindings(look), nothing),
    within(look, "api", apiFindings(look), (finding) => [finding]),
  ]);
  const wasAsked = named.length > 0 || config.discordToken !== undefined || config.telegramToken !== undefined;
  const none =
    named.length === 0
      ? [ok("exchanges", "neither a setting nor an account that was read names one; `npm run doctor -- binance` asks it")]
      : [];
  const findings = [
    ok("versions", `ScalpStorm ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`),
    ...settings,
    ...store.findings,
    ...redis,
    ...asked.findings,
    ...none,
    ...chats.findings,
    clockFinding([...asked.skews, ...chats.skews], wasAsked),
    ...api,
    ...diskFindings(look),
    ...fileFindings(look),
    ...startFindings(look),
  ];
  return { findings, text: textOf(findings, look), isFit: findings.every(({ grade }) => grade !== "fail") };
}

/** What a look found, or that it took too long or broke. */
async function within<T>({ clock }: Look, about: string, work: Promise<T>, instead: (finding: Finding) => T): Promise<T> {
  const done = new AbortController();
  const late = async () => {
    await clock.sleep(LOOK_MS, done.signal);
    return instead(fail(about, `no answer within ${LOOK_MS / 1_000} s`, "Look at the network and at the service itself."));
  };
  try {
    return await Promise.race([work, late()]);
  } catch (thrown) {
    return instead(fail(about, `it could not be looked at: ${messageOf(thrown)}`, "Report this with the text above."));
  } finally {
    done.abort();
  }
}

function textOf(findings: readonly Finding[], { config }: Look): string {
  const secrets = new SecretRegistry();
  for (const setting of Object.values(config)) if (setting instanceof Secret) secrets.register(setting.reveal());
  const lines = findings.flatMap(({ grade, about, found, remedy }) => {
    const first = `${grade.padEnd(GRADE_CHARS)}  ${about.padEnd(ABOUT_CHARS)}  ${found}`;
    return remedy === undefined ? [first] : [first, `${" ".repeat(GRADE_CHARS + ABOUT_CHARS + 4)}${remedy}`];
  });
  return secrets.scrub(`${[...lines, "", sumOf(findings)].join("\n")}\n`);
}

function sumOf(findings: readonly Finding[]): string {
  const count = (grade: Finding["grade"]) => findings.filter((finding) => finding.grade === grade).length;
  const [faults, warnings] = [count("fail"), count("warn")];
  if (faults === 0 && warnings === 0) return "All is well.";
  return `${faults} ${faults === 1 ? "fault" : "faults"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}.`;
}
