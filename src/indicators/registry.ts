import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import type { IndicatorSpec } from "../domain/signal.ts";
import { adxDefinition } from "./adx.ts";
import { atrDefinition } from "./atr.ts";
import { avgvolumeDefinition } from "./avgvolume.ts";
import { bollingerDefinition } from "./bollinger.ts";
import { cciDefinition } from "./cci.ts";
import { donchianDefinition } from "./donchian.ts";
import { emaDefinition } from "./ema.ts";
import { highestDefinition } from "./highest.ts";
import { keltnerDefinition } from "./keltner.ts";
import { lowestDefinition } from "./lowest.ts";
import { macdDefinition } from "./macd.ts";
import { mfiDefinition } from "./mfi.ts";
import { obvDefinition } from "./obv.ts";
import { psarDefinition } from "./psar.ts";
import { rocDefinition } from "./roc.ts";
import { rsiDefinition } from "./rsi.ts";
import { smaDefinition } from "./sma.ts";
import { spreadDefinition } from "./spread.ts";
import { stochasticDefinition } from "./stochastic.ts";
import { supertrendDefinition } from "./supertrend.ts";
import { vwapDefinition } from "./vwap.ts";
import { wmaDefinition } from "./wma.ts";
import { zscoreDefinition } from "./zscore.ts";

const DEFINITIONS: readonly IndicatorDefinition[] = [
  adxDefinition,
  atrDefinition,
  avgvolumeDefinition,
  bollingerDefinition,
  cciDefinition,
  donchianDefinition,
  emaDefinition,
  highestDefinition,
  keltnerDefinition,
  lowestDefinition,
  macdDefinition,
  mfiDefinition,
  obvDefinition,
  psarDefinition,
  rocDefinition,
  rsiDefinition,
  smaDefinition,
  spreadDefinition,
  stochasticDefinition,
  supertrendDefinition,
  vwapDefinition,
  wmaDefinition,
  zscoreDefinition,
];

/** Names of all indicators, ascending. */
export function indicatorNames(): readonly string[] {
  return DEFINITIONS.map(({ name }) => name);
}

/** The indicator of that name. Throws RangeError naming it when there is none. */
export function indicatorDefinition(name: string): IndicatorDefinition {
  const definition = DEFINITIONS.find((candidate) => candidate.name === name);
  if (definition) return definition;
  throw new RangeError(`there is no indicator named "${name}"; choose one of ${indicatorNames().join(", ")}`);
}

/** A fresh kernel for a declaration. Throws RangeError for an unknown name or a parameter that the indicator does not allow. */
export function createKernel(spec: IndicatorSpec): Kernel {
  return indicatorDefinition(spec.name).create(spec.params);
}
