import { toDouble } from "../../domain/money.ts";
import { spanText } from "../../domain/time.ts";
import type { Picture } from "../../ports/picture.ts";
import { fileName, percentOf, spanWords } from "./caption.ts";
import { type EquityChart, fallsOf, type Spot, sampled, spotsOf, thinned } from "./equity-data.ts";
import { comparedShape, equityRange, equityShapes, fallShapes, startLine } from "./equity-panes.ts";
import { footnote, header, type LegendEntry, panesOf, timeAxis, valueAxis } from "./frame.ts";
import { lastPrice } from "./price-pane.ts";
import { digits, scale, ticks } from "./scale.ts";
import { document, widthOf } from "./svg.ts";
import { HEIGHT, INK, LAYOUT, WIDTH } from "./theme.ts";

const EQUITY_TICKS = 5;
const FALL_TICKS = 2;
const FALL_SHARE = 0.28;
/** Room for the words below the curve. */
const FALL_AIR = 1.35;
/** A curve that never fell still has a pane: of about a tenth of a percent, or of a hundredth of one money. */
const FALL_MIN = { percent: 0.13, money: 0.013 } as const;
const MONEY_DECIMALS = 2;
/** From here on cents say nothing any more, and take the room of the curve. */
const CENTS_MAX = 1_000_000;
const SAMPLES = 120;
const COMPARED = { color: "#f0e442", dash: "6 3" } as const;

interface Told {
  readonly begun: number;
  readonly now: number;
  /** With its sign: in percent, or in money where the curve began at nothing. */
  readonly change: string;
  readonly deepest: string;
  readonly money: (value: number) => string;
}

/** Equity over time, what it lies below its peak under it, and the same in words. */
export function equityChart(chart: EquityChart): Picture {
  const curve = spotsOf(chart.points);
  const compared = spotsOf(chart.compared?.points ?? []);
  const isPercent = curve[0]!.value > 0;
  const falls = fallsOf(curve, isPercent);
  const deepest = falls.reduce((found, each) => (each.value < found.value ? each : found));
  const range = equityRange([curve, compared]);
  const marks = ticks(range.low, range.high, EQUITY_TICKS);
  const told = toldOf(chart, curve, deepest, marks.decimals);
  const labels = marks.values.map((value) => ({ value, label: digits(value, marks.decimals) }));
  const fallLow = Math.min(deepest.value * FALL_AIR, -(isPercent ? FALL_MIN.percent : FALL_MIN.money));
  const fallMarks = ticks(fallLow, 0, FALL_TICKS);
  const fallLabels = fallMarks.values.map((value) => ({ value, label: digits(value, fallMarks.decimals) + (isPercent ? "%" : "") }));
  const widest = Math.max(...[told.money(told.now), ...[...labels, ...fallLabels].map(({ label }) => label)].map((each) => widthOf(each)));
  const { upper, lower } = panesOf(WIDTH - LAYOUT.edge - widest - LAYOUT.axisGap, FALL_SHARE);
  const [fromMs, toMs] = [curve[0]!.atMs, curve.at(-1)!.atMs];
  const x = scale(fromMs, toMs, upper.left, upper.right);
  const isStepped = chart.isStepped ?? false;
  const above = { x, y: scale(range.low, range.high, upper.bottom, upper.top), pane: upper, isStepped };
  const below = { x, y: scale(fallLow, 0, lower.bottom, lower.top), pane: lower, isStepped };
  const columns = upper.right - upper.left;
  // A curve from nothing has moved by what it is: that is said once.
  const figures = { now: isPercent ? `${told.money(told.now)} ${chart.currency}` : "", change: told.change, span: spanText(toMs - fromMs) };
  const svg = document(WIDTH, HEIGHT, [
    header(chart.title, figures, legendOf(chart, told)),
    timeAxis([upper, lower], x),
    valueAxis(upper, above.y, labels, [above.y(told.now)]),
    valueAxis(lower, below.y, fallLabels),
    startLine(told.begun, above),
    equityShapes(thinned(curve, columns), above),
    comparedShape(thinned(compared, columns), COMPARED.color, COMPARED.dash, { ...above, isStepped: false }),
    fallShapes(thinned(falls, columns), deepest, `Drawdown, deepest ${told.deepest}`, below),
    lastPrice(told.now, told.money(told.now), above),
    footnote(chart.note),
  ]);
  return { name: fileName(chart.title, "equity"), svg, alt: captionOf(chart, told, compared), course: sampled(curve, SAMPLES) };
}

function toldOf({ currency, drawdown }: EquityChart, curve: readonly Spot[], deepest: Spot, tickDecimals: number): Told {
  const [begun, now] = [curve[0]!.value, curve.at(-1)!.value];
  const most = curve.reduce((found, { value }) => Math.max(found, Math.abs(value)), 0);
  const decimals = most >= CENTS_MAX ? tickDecimals : Math.max(MONEY_DECIMALS, tickDecimals);
  const money = (value: number) => digits(value, decimals);
  const isPercent = begun > 0;
  const gained = `${now > begun ? "+" : ""}${money(now - begun)} ${currency}`;
  const fall = drawdown === undefined ? deepest.value : -100 * toDouble(drawdown);
  return {
    begun,
    now,
    change: isPercent ? percentOf(now, begun) : gained,
    deepest: isPercent ? percentOf(100 + fall, 100) : `${money(deepest.value)} ${currency}`,
    money,
  };
}

function legendOf({ compared }: EquityChart, { begun, now, money }: Told): readonly LegendEntry[] {
  const entries: LegendEntry[] = [
    { label: nameOf(begun), color: now < begun ? INK.fall : INK.rise },
    { label: `Start ${money(begun)}`, color: INK.level, style: { dash: "5 4", width: 1 } },
  ];
  if (compared) entries.push({ label: compared.name, color: COMPARED.color, style: { dash: COMPARED.dash } });
  return entries;
}

/** What the curve is: without a balance to begin with it is only what was made. */
function nameOf(begun: number): string {
  return begun > 0 ? "Equity" : "Result";
}

function captionOf({ title, currency, points, compared, note }: EquityChart, told: Told, other: readonly Spot[]): string {
  const { begun, now, change, deepest, money } = told;
  const span = spanWords(points[0]!.atMs, points.at(-1)!.atMs);
  const last = other.at(-1);
  const beside = compared && last ? ` ${compared.name}: ${money(last.value)} ${currency} (${percentOf(last.value, other[0]!.value)}).` : "";
  return `${title}, ${span}: ${nameOf(begun).toLowerCase()} from ${money(begun)} to ${money(now)} ${currency} (${change}), deepest drawdown ${deepest}.${beside} ${note}.`;
}
