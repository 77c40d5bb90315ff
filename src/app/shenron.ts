import type { Config } from "../../config/schema.ts";
import { ConfigError } from "../domain/errors.ts";
import type { Secret } from "../domain/secret.ts";
import type { OpenedEngine } from "../engine/open.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Shenron } from "../ports/shenron.ts";
import type { Store } from "../ports/store.ts";

export interface ShenronParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Store;
}

/** The service as the desk has it: told from `start` on, asked when somebody asks. */
export interface OpenedShenron extends Shenron {
  start(): void;
  stop(): Promise<void>;
}

/** Where the service is and how it is spoken to. */
export interface ShenronSettings {
  readonly url: string;
  readonly key: Secret;
  readonly isPrivateAllowed: boolean;
}

/** The service that the settings name; undefined without one. Throws ConfigError on settings that contradict one another: to be asked before anything is opened, for a desk that was open and refused would look like one that crashed. */
export async function shenronSettings(config: Config): Promise<ShenronSettings | undefined> {
  const { shenronUrl: url, shenronKey: key, shenronPrivate: isPrivateAllowed } = config;
  if (url === undefined && key === undefined) return undefined;
  if (url === undefined || key === undefined) {
    const [missing, given] = url === undefined ? ["SHENRON_URL", "SHENRON_KEY"] : ["SHENRON_KEY", "SHENRON_URL"];
    throw new ConfigError([{ setting: missing, problem: `it is not set, and ${given} is`, remedy: "Set both, or none of them." }]);
  }
  const { addressProblem } = await import("../shenron/address.ts");
  const problem = addressProblem(new URL(url), { isPrivateAllowed });
  if (problem) throw new ConfigError([problem]);
  return { url, key, isPrivateAllowed };
}

/** Opens the way to the service; nothing is sent before `start`. */
export async function openShenron(settings: ShenronSettings, parts: ShenronParts, opened: OpenedEngine): Promise<OpenedShenron> {
  const { url, key, isPrivateAllowed } = settings;
  const { config, clock, logger, store } = parts;
  const [{ ShenronClient }, { httpWire }, { Reporter }, { dayFactsIn }, { askClaims }, { AdviceBook }, { deskMark }] = await Promise.all([
    import("../shenron/client.ts"),
    import("../shenron/http.ts"),
    import("../shenron/reporter.ts"),
    import("../shenron/days.ts"),
    import("../shenron/ask.ts"),
    import("../shenron/advisor.ts"),
    import("../shenron/marks.ts"),
  ]);
  const client = new ShenronClient({ wire: httpWire({ url, clock, isPrivateAllowed }), key, clock });
  const { engine, desk, streams, specOf } = opened;
  const dayFacts = dayFactsIn(config.timezone);
  const closing = new AbortController();
  const reporter = new Reporter({
    streams,
    store,
    client,
    clock,
    logger: logger.child({ service: "shenron" }),
    host: new URL(url).host,
    sources: {
      specOf,
      dayOf(stream, event, marketMs) {
        const account = engine.account(stream.replace(/^account:/, ""));
        return account && dayFacts(account.state, event, marketMs);
      },
    },
    health() {
      const { uptimeMs, beatAgeMs, storeAgeMs, watchAgeMs, residentBytes, bots, unknownOrders, problems } = engine.health();
      const ages = { beatAgeMs: beatAgeMs ?? null, storeAgeMs: storeAgeMs ?? null, watchAgeMs: watchAgeMs ?? null };
      const halted = desk.state.halt !== undefined;
      return { uptimeMs, ...ages, residentBytes, bots: { ...bots }, unknownOrders, problems: problems.length, halted };
    },
  });
  const advice = new AdviceBook({
    client,
    clock,
    logger: logger.child({ service: "advice" }),
    desk: () => deskMark(streams),
    wanted: opened.advised,
    atMs: (market) => opened.marketOf(market)?.atMs,
    candles: engine.candles,
    tell: (event) => desk.append([event]),
  });
  opened.advise(advice);
  return {
    start() {
      reporter.start();
      advice.start();
    },
    status: () => ({ ...reporter.status(), advice: advice.status() }),
    report: async () => ({ ...(await reporter.report()), advice: advice.status() }),
    ask: (question, facts, requestId) => askClaims({ client, streams, signal: closing.signal }, question, facts, requestId),
    async stop() {
      closing.abort();
      await Promise.all([reporter.stop(), advice.stop()]);
    },
  };
}
