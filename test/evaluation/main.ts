import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filled } from "../../docs/generate/markers.ts";
import { openReplay } from "../../src/feeds/replay.ts";
import { strategyNames } from "../../src/strategies/registry.ts";
import { recordedFile } from "../kit/recorded.ts";
import { evaluationChart } from "./chart.ts";
import type { Row } from "./outcome.ts";
import { triedRow } from "./run.ts";
import { type EvaluatedSpan, SPANS } from "./spans.ts";
import { comparisonTable, openedText, rowsTable, strategiesTable, variantsTable } from "./tables.ts";

/**
 * `npm run evaluate`: what the breakers that hold where nobody set any did on stretches of time that had no part in choosing them. Every strategy on every recorded symbol,
 * by the production backtest, and the numbers and pictures of docs/evaluation.md written anew. Takes some minutes of one core.
 */
const DOCS = join(import.meta.dirname, "../../docs");
const PAGE = join(DOCS, "evaluation.md");
const PICTURES = join(DOCS, "evaluation");
/** A drawing of text has no font of its own where it is shown in a page. */
const FONT = ['font-family="Inter"', 'font-family="Inter, sans-serif"'] as const;

const missing = SPANS.flatMap(({ recordings }) =>
  recordings.filter(({ file }) => recordedFile(file) === undefined).map(({ file }) => file),
);
if (missing.length > 0) {
  process.stderr.write(
    `Nothing was evaluated and the page was left as it is. These recordings are not in RECORDED_DIR:\n${missing.join("\n")}\n`,
  );
  process.exitCode = 1;
} else {
  await evaluate();
}

async function evaluate(): Promise<void> {
  const evaluated: { span: EvaluatedSpan; title: string; rows: readonly Row[] }[] = [];
  for (const span of SPANS) evaluated.push({ span, title: span.title, rows: await rowsOf(span) });
  mkdirSync(PICTURES, { recursive: true });
  const parts = new Map([
    ["evaluation-variants", variantsTable(evaluated)],
    ["evaluation-comparison", comparisonTable(evaluated)],
    ["evaluation-strategies", strategiesTable(evaluated)],
  ]);
  for (const { span, title, rows } of evaluated) {
    const picture = evaluationChart({ ...span, rows });
    writeFileSync(join(PICTURES, `${span.id}.svg`), `${picture.svg.replace(...FONT)}\n`);
    const drawn = `![${picture.alt}](evaluation/${span.id}.svg)`;
    parts.set(`evaluation-${span.id}`, `${drawn}\n\n${title}; opened: ${openedText(rows)}.\n\n${rowsTable(rows)}`);
  }
  writeFileSync(PAGE, filled(readFileSync(PAGE, "utf8"), parts));
  process.stdout.write(`${variantsTable(evaluated)}\n\n${comparisonTable(evaluated)}\n\n${strategiesTable(evaluated)}\n`);
}

async function rowsOf({ title, fromMs, toMs, recordings }: EvaluatedSpan): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { symbol, file } of recordings) {
    const begunMs = performance.now();
    const market = await openReplay(`${symbol}=${recordedFile(file)}`);
    for (const strategy of strategyNames()) rows.push(await triedRow({ market, symbol, fromMs, toMs }, strategy));
    await market.close();
    process.stderr.write(`${title}, ${symbol}: ${((performance.now() - begunMs) / 1_000).toFixed(0)} s\n`);
  }
  return rows;
}
