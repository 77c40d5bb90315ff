import { median, type Outcome, type Row, type Tally, tally, tripCounts, VARIANTS } from "./outcome.ts";

/** What was tried on one span. */
export interface EvaluatedRows {
  readonly title: string;
  readonly rows: readonly Row[];
}

const NAMES = { none: "no breakers", breakers: "breakers", smaller: "smaller, to the same fall", half: "half the size" } as const;

/** Every bot, losers included, in the order in which they were tried. */
export function rowsTable(rows: readonly Row[]): string {
  const head =
    "| symbol | strategy | candles | no breakers | breakers | smaller | at size | half size | opened |\n|---|---|---|---|---|---|---|---|---|";
  const lines = rows.map(({ symbol, strategy, timeframe, outcomes: { none, breakers, smaller, half } }) => {
    const opened = tripCounts(breakers.trips).map(([name, count]) => `${name} ${count}`);
    const cells = [symbol, strategy, timeframe, cell(none), cell(breakers), cell(smaller), `${smaller.sizePct}%`, cell(half)];
    return `| ${[...cells, opened.join(", ") || "none"].join(" | ")} |`;
  });
  return [head, ...lines].join("\n");
}

/** One line for each variant of each span, medians and means over all of its bots. */
export function variantsTable(spans: readonly EvaluatedRows[]): string {
  const head =
    "| span | bots | variant | median result | mean result | losers | median deepest fall | worst fall | entries |\n|---|---|---|---|---|---|---|---|---|";
  const lines = spans.flatMap(({ title, rows }) =>
    VARIANTS.map((variant) => {
      const all = rows.map(({ outcomes }) => outcomes[variant]);
      const [results, falls] = [all.map(({ resultPct }) => resultPct), all.map(({ drawdownPct }) => drawdownPct)];
      const losers = results.filter((result) => result < 0).length;
      const entries = all.reduce((sum, each) => sum + each.entries, 0);
      const figures = [
        signed(median(results)),
        signed(mean(results)),
        losers,
        pct(median(falls)),
        pct(Math.max(...falls)),
        grouped(entries),
      ];
      return `| ${[title, rows.length, NAMES[variant], ...figures].join(" | ")} |`;
    }),
  );
  return [head, ...lines].join("\n");
}

/** In how many bots breakers came out above or below each other way, among those that they changed. */
export function comparisonTable(spans: readonly EvaluatedRows[]): string {
  const head =
    "| span | bots that breakers changed | compared with | result better, worse, equal | median of the difference | fall less deep, deeper, equal |\n|---|---|---|---|---|---|";
  const lines = spans.flatMap(({ title, rows }) => {
    const changed = rows.filter(isChanged);
    return (["none", "smaller", "half"] as const).map((against) => {
      const apart = changed.map(({ outcomes }) => outcomes.breakers.resultPct - outcomes[against].resultPct);
      const results = tallyText(tally(changed, against, "resultPct"));
      const falls = tallyText(tally(changed, against, "drawdownPct"));
      const middle = changed.length === 0 ? "none" : `${signed(median(apart)).replace("%", "")} points`;
      return `| ${[title, `${changed.length} of ${rows.length}`, NAMES[against], results, middle, falls].join(" | ")} |`;
    });
  });
  return [head, ...lines].join("\n");
}

/** The same comparison by strategy, over all spans. */
export function strategiesTable(spans: readonly EvaluatedRows[]): string {
  const head =
    "| strategy | bots | median result without, with breakers | smaller, to the same fall | breakers better, worse, equal to smaller | opened |\n|---|---|---|---|---|---|";
  const all = spans.flatMap(({ rows }) => rows);
  const lines = [...Map.groupBy(all, ({ strategy }) => strategy)].map(([strategy, rows]) => {
    const middle = (variant: "none" | "breakers" | "smaller") => signed(median(rows.map(({ outcomes }) => outcomes[variant].resultPct)));
    const opened = openedText(rows);
    const cells = [strategy, rows.length, `${middle("none")}, ${middle("breakers")}`, middle("smaller")];
    return `| ${[...cells, tallyText(tally(rows, "smaller", "resultPct")), opened].join(" | ")} |`;
  });
  return [head, ...lines].join("\n");
}

/** `losses 214, volatility 40`, over all bots. */
export function openedText(rows: readonly Row[]): string {
  const counts = tripCounts(rows.flatMap(({ outcomes }) => outcomes.breakers.trips));
  return counts.map(([name, count]) => `${name} ${grouped(count)}`).join(", ") || "none";
}

/** Breakers may open while a bot wants nothing: only what they changed can be better or worse for it. */
export function isChanged({ outcomes: { none, breakers } }: Row): boolean {
  return none.entries !== breakers.entries || none.resultPct !== breakers.resultPct;
}

function cell({ resultPct, drawdownPct, entries }: Outcome): string {
  return `${signed(resultPct)} / ${pct(drawdownPct)} / ${grouped(entries)}`;
}

function tallyText({ better, worse, equal }: Tally): string {
  return `${better}, ${worse}, ${equal}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function signed(value: number): string {
  const shown = value.toFixed(2);
  if (!/[1-9]/.test(shown)) return "0.00%";
  return `${value > 0 ? "+" : ""}${shown}%`;
}

function pct(value: number): string {
  return `${value.toFixed(2)}%`;
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
