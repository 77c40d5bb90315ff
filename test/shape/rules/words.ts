import ts from "typescript";
import { type Fault, lineOf, type Rule, walk } from "./source.ts";

/** Words of an identifier that have another name here. They may stand in texts and at the edges that speak another program's language. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  trade: "order or fill",
  trades: "orders or fills",
  kline: "candle",
  klines: "candles",
  pair: "symbol",
  pairs: "symbols",
  sandbox: "demo",
  ticker: "price",
};

/** Where other programs' words are spoken: exchange payloads and the recorded ones. */
const FOREIGN = /^src\/(?:venues|feeds)\/|^test\/(?:kit|fixtures|shape|venues|feeds)\//;

export const wordList: Rule = (sources) =>
  sources
    .filter(({ path }) => !FOREIGN.test(path))
    .flatMap((source) => {
      const faults: Fault[] = [];
      walk(source.tree, (node) => {
        const name = declaredName(node);
        if (name === undefined) return;
        const word = wordsOf(name.text).find((each) => Object.hasOwn(REPLACEMENTS, each));
        if (word === undefined) return;
        faults.push({
          path: source.path,
          line: lineOf(source.tree, name),
          advice: `names ${name.text}: say ${REPLACEMENTS[word]} instead of ${word}`,
        });
      });
      return faults;
    });

/** The name that a declaration gives; uses of a name are not looked at, so that each slip is told once. */
function declaredName(node: ts.Node): ts.Identifier | undefined {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isBindingElement(node);
  const describes =
    ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isPropertySignature(node) || ts.isMethodDeclaration(node);
  if (!declares && !describes) return undefined;
  return node.name !== undefined && ts.isIdentifier(node.name) ? node.name : undefined;
}

function wordsOf(identifier: string): string[] {
  return identifier.split(/(?=[A-Z])|_/).map((word) => word.toLowerCase());
}

// Written in halves, so that this file does not contain what it looks for.
const WORKPLACE: readonly RegExp[] = [
  new RegExp(["clau", "de"].join(""), "i"),
  new RegExp(["anthr", "opic"].join(""), "i"),
  new RegExp(["ai", "[- ]generated"].join(""), "i"),
  new RegExp(["co-authored", "-by"].join(""), "i"),
  new RegExp(["(?:written|made|generated|built) by an? (?:ai ", "|coding )?agent"].join(""), "i"),
];
const OUTSIDE_PATH = new RegExp(["\\.\\./sha", "red/|/work/", "(?:sha", "red|main)\\b"].join(""));

/** The only places that may know where recorded payloads lie outside the repository. */
const RECORDED = /^test\/kit\/recorded\.ts$/;

/** Lines of any tracked text that speak of who wrote it or of the place where it was written. */
export function workplaceFaults(path: string, text: string): Fault[] {
  return text.split("\n").flatMap((line, index): Fault[] => {
    const found = WORKPLACE.map((pattern) => pattern.exec(line)?.[0]).find((match) => match !== undefined);
    if (found !== undefined) return [{ path, line: index + 1, advice: `says "${found}": a product does not speak of who wrote it` }];
    if (!OUTSIDE_PATH.test(line) || RECORDED.test(path) || (path.startsWith("config/") && line.includes("RECORDED_DIR"))) return [];
    return [{ path, line: index + 1, advice: "names a folder outside the repository: go through test/kit/recorded.ts" }];
  });
}
