import ts from "typescript";
import { type Fault, lineOf, type Rule, type Source, walk } from "./source.ts";

export const FILE_LINES_MAX = 300;
export const FILE_LINES_USUAL = 200;

const MUTABLE = new Set(["Map", "Set", "WeakMap", "WeakSet"]);
const FOUND_BY_PATH = /^(?:commands\/|src\/strategies\/)/;
const PRODUCT = /^(?:src|commands|config)\//;

const inProduct = (sources: readonly Source[]) => sources.filter(({ path }) => PRODUCT.test(path));

export const linesOf = ({ text }: Source): number => text.trimEnd().split("\n").length;

export const fileLength: Rule = (sources) =>
  sources
    .filter((source) => linesOf(source) > FILE_LINES_MAX)
    .map((source) => ({
      path: source.path,
      line: FILE_LINES_MAX,
      advice: `has ${linesOf(source)} lines: split it by what its parts are about`,
    }));

export const noBarrels: Rule = (sources) =>
  sources
    .filter(({ path }) => /(?:^|\/)index\.[tj]s$/.test(path))
    .map(({ path }) => ({ path, line: 1, advice: "is a barrel: name the file after what it holds and import that" }));

/** State lives in objects that app.ts makes, so that a process (or a test) can hold two desks. */
export const noModuleState: Rule = (sources) =>
  inProduct(sources).flatMap((source) => source.tree.statements.flatMap((node) => stateIn(source, node)));

function stateIn(source: Source, node: ts.Statement): Fault[] {
  if (!ts.isVariableStatement(node)) return ts.isExportAssignment(node) ? exported(source, node) : [];
  const line = lineOf(source.tree, node);
  if ((node.declarationList.flags & ts.NodeFlags.Const) === 0) {
    return [{ path: source.path, line, advice: "keeps a variable at module level: keep it in an object that app.ts makes" }];
  }
  const mutable = node.declarationList.declarations.filter((each) => isMutable(each.initializer) && !isReadonly(each.type));
  return mutable.map(({ name }) => ({
    path: source.path,
    line,
    advice: `keeps the mutable collection ${name.getText(source.tree)} at module level: type it as ReadonlyMap, ReadonlySet, readonly [] or "as const", or move it into an object`,
  }));
}

function exported(source: Source, node: ts.ExportAssignment): Fault[] {
  if (!isMutable(node.expression)) return [];
  return [{ path: source.path, line: lineOf(source.tree, node), advice: "exports a mutable collection: export a function that makes one" }];
}

function isMutable(value: ts.Expression | undefined): boolean {
  if (value === undefined) return false;
  if (ts.isNewExpression(value)) return ts.isIdentifier(value.expression) && MUTABLE.has(value.expression.text);
  return ts.isArrayLiteralExpression(value);
}

function isReadonly(type: ts.TypeNode | undefined): boolean {
  return type !== undefined && /^(?:readonly\b|Readonly|ReadonlyMap|ReadonlySet|ReadonlyArray)/.test(type.getText());
}

/** Every file of the product is reached from src/main.ts, or is found by its path. */
export const noDeadFiles: Rule = (sources) => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const queue = [...byPath.keys()].filter((path) => path === "src/main.ts" || FOUND_BY_PATH.test(path));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { target } of byPath.get(path)?.imports ?? []) if (target !== undefined) queue.push(target);
  }
  return inProduct(sources)
    .filter(({ path }) => !reached.has(path))
    .map(({ path }) => ({ path, line: 1, advice: "is not reached from src/main.ts: wire it in src/app.ts or delete it" }));
};

/** Escapes from the type checker, and tests that do not run. */
export const noEscapes: Rule = (sources) => sources.flatMap((source) => [...typeEscapes(source), ...commentEscapes(source)]);

function typeEscapes(source: Source): Fault[] {
  const faults: Fault[] = [];
  const add = (node: ts.Node, advice: string) => faults.push({ path: source.path, line: lineOf(source.tree, node), advice });
  walk(source.tree, (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) add(node, "uses any: name the type, or take unknown and check it");
    if (ts.isAsExpression(node) && ts.isAsExpression(node.expression) && node.expression.type.kind === ts.SyntaxKind.UnknownKeyword) {
      add(node, "casts through unknown: parse the value or fix the type");
    }
    if (!ts.isPropertyAccessExpression(node) || !/^(?:test|it|describe)\b/.test(node.expression.getText(source.tree))) return;
    if (node.name.text === "only") add(node, "runs alone (.only): remove it, or nothing else is tested");
    if (node.name.text === "skip" && !/\/\/ because .+/.test(lineText(source, node))) {
      add(node, 'is skipped without a reason: remove it or say "// because ..." on its line');
    }
  });
  return faults;
}

function lineText(source: Source, node: ts.Node): string {
  return source.text.split("\n")[lineOf(source.tree, node) - 1] ?? "";
}

function commentEscapes({ path, text }: Source): Fault[] {
  return text.split("\n").flatMap((line, index) => {
    const [, directive] = /^\s*(?:\/\/|\/\*)\s*@ts-(ignore|nocheck)\b/.exec(line) ?? [];
    return directive ? [{ path, line: index + 1, advice: `silences the type checker (${directive}): fix the type` }] : [];
  });
}
