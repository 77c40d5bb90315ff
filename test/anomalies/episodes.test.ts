import { expect, test } from "vitest";
import { ALIKE_MS, EPISODE_MS, HOURLY_MAX } from "../../src/anomalies/defaults.ts";
import { Episodes } from "../../src/anomalies/episodes.ts";
import type { Anomaly } from "../../src/domain/anomaly.ts";

const T0 = Date.UTC(2022, 6, 1);

function anomaly(symbol: string, series: Anomaly["series"] = "price"): Anomaly {
  return { series, subject: { kind: "symbol", symbol, market: "m" }, value: 3, usual: 0, spread: 0.1, limit: 2, samples: 1_440 };
}

test("one episode is told once, and again when it happens after its end", () => {
  const episodes = new Episodes([]);
  expect(episodes.judge(anomaly("BTC/USDT"), T0)).toMatchObject({ kind: "seen", seen: { isTold: true, marketMs: T0 } });
  expect(episodes.judge(anomaly("BTC/USDT"), T0 + EPISODE_MS - 1)).toEqual({ kind: "same" });
  expect(episodes.judge(anomaly("BTC/USDT"), T0 + EPISODE_MS)).toMatchObject({ kind: "seen", seen: { isTold: true } });
});

test("symbols that fall together are written down each and told once; another series is another thing", () => {
  const episodes = new Episodes([]);
  episodes.judge(anomaly("BTC/USDT"), T0);
  expect(episodes.judge(anomaly("ETH/USDT"), T0 + 60_000)).toMatchObject({ kind: "seen", seen: { isTold: false } });
  expect(episodes.judge(anomaly("ETH/USDT", "volume"), T0 + 60_000)).toMatchObject({ kind: "seen", seen: { isTold: true } });
  expect(episodes.judge(anomaly("XRP/USDT"), T0 + ALIKE_MS)).toMatchObject({ kind: "seen", seen: { isTold: true } });
});

test("a flood is counted, and the count is told with what comes after it", () => {
  const episodes = new Episodes([]);
  const verdicts = Array.from({ length: HOURLY_MAX + 5 }, (_, index) => episodes.judge(anomaly(`C${index}/USDT`), T0 + index));
  expect(verdicts.filter(({ kind }) => kind === "seen")).toHaveLength(HOURLY_MAX);
  expect(verdicts.filter(({ kind }) => kind === "too-many")).toHaveLength(5);
  expect(episodes.judge(anomaly("BTC/USDT"), T0 + 2 * ALIKE_MS)).toMatchObject({ seen: { heldBack: 5 } });
});

test("a start goes on with the episodes of the process before", () => {
  const first = new Episodes([]);
  const verdict = first.judge(anomaly("BTC/USDT"), T0);
  const second = new Episodes(verdict.kind === "seen" ? [verdict.seen] : []);
  expect(second.judge(anomaly("BTC/USDT"), T0 + 1)).toEqual({ kind: "same" });
});
