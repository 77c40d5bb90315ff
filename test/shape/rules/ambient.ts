import ts from "typescript";
import { type Fault, lineOf, type Rule, type Source, walk } from "./source.ts";

interface Ban {
  readonly what: RegExp;
  /** Where it is allowed. */
  readonly home: RegExp;
  readonly advice: string;
}

const EDGE = /^(?:src\/system\/|src\/main\.ts$|bin\/)/;
const TERMINAL = /^src\/platforms\/terminal/;

const BANS: readonly Ban[] = [
  { what: /^(?:globalThis\.)?(?:Date\.now|performance\.now|new Date\(\)|Date\(\))$/, home: EDGE, advice: "take a Clock instead" },
  {
    what: /^(?:globalThis\.)?(?:setTimeout|setInterval|setImmediate|queueMicrotask)$/,
    home: EDGE,
    advice: "take a Clock and its sleep or breathe instead",
  },
  { what: /^(?:globalThis\.)?(?:Math\.random|crypto\.(?:random\w+|getRandomValues))$/, home: EDGE, advice: "take a Chance instead" },
  { what: /^process\.env$/, home: EDGE, advice: "take the value as an argument instead; config/load.ts reads settings" },
  { what: /^process\.(?:stdin|stdout)$/, home: TERMINAL, advice: "only the terminal platform reads and writes there; log instead" },
];

const TIMER_MODULES = /^(?:node:)?timers(?:\/|$)/;
const RANDOM_IMPORTS = /^(?:random|getRandomValues)/;

/** Time, chance, environment and the terminal enter at one place each. */
export const ambient: Rule = (sources) => sources.filter(({ path }) => /^(?:src|commands|config)\//.test(path)).flatMap(faultsOf);

function faultsOf(source: Source): Fault[] {
  const faults: Fault[] = [];
  const check = (node: ts.Node, name: string) => {
    const ban = BANS.find(({ what, home }) => what.test(name) && !home.test(source.path));
    if (ban !== undefined) faults.push({ path: source.path, line: lineOf(source.tree, node), advice: `uses ${name}: ${ban.advice}` });
  };
  walk(source.tree, (node) => {
    if (ts.isPropertyAccessExpression(node)) check(node, node.getText(source.tree));
    if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
      check(node, `${node.expression.getText(source.tree)}.${node.argumentExpression.text}`);
    }
    if (ts.isBindingElement(node)) check(node, takenApart(node, source.tree));
    if (ts.isNewExpression(node) && node.expression.getText(source.tree) === "Date" && (node.arguments?.length ?? 0) === 0)
      check(node, "new Date()");
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
      check(node, node.expression.text === "Date" ? "Date()" : node.expression.text);
    if (ts.isImportDeclaration(node) && !EDGE.test(source.path)) {
      const advice = ambientImport(node);
      if (advice !== undefined) faults.push({ path: source.path, line: lineOf(source.tree, node), advice });
    }
  });
  return faults;
}

/** `const { env } = process` as `process.env`. */
function takenApart(node: ts.BindingElement, tree: ts.SourceFile): string {
  const declaration = node.parent.parent;
  const owner = ts.isVariableDeclaration(declaration) ? declaration.initializer?.getText(tree) : undefined;
  return `${owner ?? ""}.${(node.propertyName ?? node.name).getText(tree)}`;
}

function ambientImport(node: ts.ImportDeclaration): string | undefined {
  const from = (node.moduleSpecifier as ts.StringLiteral).text;
  if (TIMER_MODULES.test(from)) return `imports ${from}: take a Clock instead`;
  const names = node.importClause?.namedBindings;
  if (!/^(?:node:)?crypto$/.test(from) || names === undefined || !ts.isNamedImports(names)) return undefined;
  return names.elements.some(({ name }) => RANDOM_IMPORTS.test(name.text))
    ? `imports chance from ${from}: take a Chance instead`
    : undefined;
}
