import { AnomalyWatch } from "../engine/anomaly-watch.ts";
import type { OpenedEngine } from "../engine/open.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";

/** The watch for anomalies, told of every step from now on; it looks at nothing before its start. */
export function openAnomalyWatch(
  opened: OpenedEngine,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): AnomalyWatch {
  const { engine, desk, streams, symbolsOn } = opened;
  const watch = new AnomalyWatch({
    streams,
    clock,
    logger: logger.child({ service: "anomalies" }),
    seen: desk.state.anomalies,
    symbolsOn,
    candles: engine.candles,
    running: () => engine.bots().flatMap(({ state, account }) => (state.status === "running" ? [{ botId: state.spec.id, account }] : [])),
    isReal: (account) => desk.state.accounts.get(account)?.exchange !== undefined,
    tell: (anomaly) => desk.append([{ type: "anomaly-seen", anomaly }]),
  });
  opened.onStep(watch.passed);
  return watch;
}
