import ts from "typescript";
import { type Fault, lineOf, type Rule, type Source, walk } from "./source.ts";

/** Where canaries are made, what a person types in the demo, and the mutants' copies of the sources, in which no desk runs. */
const HOME = /^test\/(?:kit\/canary|kit\/demo|simulation\/mutants|shape|fixtures)\//;

/** Names under which a secret is handed in. */
const SECRET_NAME = /^(?:apiKey|secret|passphrase|[A-Z_]*TOKEN|KEY_ENCRYPTION_KEY\w*|KEY_PASSPHRASE)$/;

/** Shorter ones are words that are no secret to anybody, such as `wrong`. */
const SECRET_CHARS_MIN = 12;

/** What a test enters as a secret is a canary, and what it writes lies in a folder that is searched for them. */
export const canariesOnly: Rule = (sources) =>
  sources.filter(({ path }) => path.startsWith("test/") && !HOME.test(path)).flatMap((source) => faultsOf(source));

function faultsOf({ path, tree }: Source): Fault[] {
  const faults: Fault[] = [];
  const fault = (node: ts.Node, advice: string) => faults.push({ path, line: lineOf(tree, node), advice });
  walk(tree, (node) => {
    if (ts.isCallExpression(node) && /(?:^|\.)mkdtemp(?:Sync)?$/.test(node.expression.getText(tree)))
      fault(node, "makes a temporary folder: take temporaryFolder of test/kit/canary/watch.ts instead, which is searched for secrets");
    const secret = secretOf(node, tree);
    if (secret) fault(secret, "writes a secret: take a canary of test/kit/canary/canary.ts instead, which is found wherever it leaks");
  });
  return faults;
}

/** A text that is handed in as a secret. */
function secretOf(node: ts.Node, tree: ts.SourceFile): ts.Node | undefined {
  let value: ts.Node | undefined;
  if (ts.isNewExpression(node) && node.expression.getText(tree) === "Secret") value = node.arguments?.[0];
  if (ts.isPropertyAssignment(node) && SECRET_NAME.test(node.name.getText(tree))) value = node.initializer;
  const isLong = value && ts.isStringLiteralLike(value) && value.text.length >= SECRET_CHARS_MIN;
  const isRepeated = value && /^"\w"\.repeat\(/.test(value.getText(tree));
  return isLong || isRepeated ? value : undefined;
}
