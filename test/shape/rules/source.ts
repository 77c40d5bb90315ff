import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import ts from "typescript";

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path from the root of the repository when it is one of our files. */
  readonly target: string | undefined;
  readonly line: number;
}

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** What is wrong, where, and what to do instead. */
export interface Fault {
  readonly path: string;
  readonly line: number;
  readonly advice: string;
}

export type Rule = (sources: readonly Source[]) => Fault[];

export const ROOT = join(import.meta.dirname, "../../..");

/** Code files below some folders of the repository, by path. */
export function readSources(folders: readonly string[], root = ROOT): Source[] {
  const paths = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(?:ts|js)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  return paths.sort().map((path) => parseSource(path, readFileSync(join(root, path), "utf8")));
}

export function parseSource(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true);
  return { path, text, tree, imports: importsOf(path, tree) };
}

export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** Calls back for every node of a file. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** Faults as one readable text; empty when there are none. */
export function report(faults: readonly Fault[]): string {
  return faults.map(({ path, line, advice }) => `${path}:${line} ${advice}`).join("\n");
}

/** Static and dynamic imports, re-exports, `import("...")` types and files of worker threads. */
function importsOf(path: string, tree: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  walk(tree, (node) => {
    const literal = specifierOf(node);
    if (literal === undefined) return;
    const ours = literal.text.startsWith(".") ? posix.join(dirname(path), literal.text) : undefined;
    imports.push({ specifier: literal.text, target: ours, line: lineOf(tree, node) });
  });
  return imports;
}

function specifierOf(node: ts.Node): ts.StringLiteralLike | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
    return ts.isStringLiteralLike(node.moduleSpecifier) ? node.moduleSpecifier : undefined;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    return argument !== undefined && ts.isStringLiteralLike(argument) ? argument : undefined;
  }
  if (ts.isStringLiteral(node) && /^\.\.?\/.*\.ts$/.test(node.text) && isInUrl(node)) return node;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteralLike(node.argument.literal))
    return node.argument.literal;
  return undefined;
}

/** A file that runs in a worker thread is named by `new URL("./worker.ts", import.meta.url)`. */
function isInUrl(node: ts.Node): boolean {
  for (let outer = node.parent; outer !== undefined && ts.isExpression(outer); outer = outer.parent) {
    if (ts.isNewExpression(outer)) return ts.isIdentifier(outer.expression) && outer.expression.text === "URL";
  }
  return false;
}
