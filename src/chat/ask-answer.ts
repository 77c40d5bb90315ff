import { oneLine } from "../domain/visible-text.ts";
import type { AskClaim, AskFact } from "../ports/shenron.ts";
import { type Card, card } from "./view.ts";

const PLACEHOLDER = /\{(f\d{1,4})\}/g;
/** Numbers of a model's own, in whatever script or word it writes them. */
const NUMBER =
  /\p{N}|%|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|halved|doubled?|twice|triple[ds]?|quarters?|thirds?|percent|nothing|none)\b/iu;
/** What could be pressed, opened or run. */
const REACH = /https?:|www\.|[<>`@[\]\\|{}]|(?<!\w)\/\w/i;

/** Words that say which way a result went. */
const LOSS = /\b(?:lost|loses?|losing|loss|losses|negative)\b/i;
const GAIN = /\b(?:gain(?:s|ed)?|profit(?:s|able)?|earn(?:s|ed)?|won|wins?|winning|positive)\b/i;

/** What became of an answer: claims that the books carry, and how many they do not. */
export interface CheckedAnswer {
  readonly lines: readonly string[];
  readonly sources: readonly string[];
  readonly refused: number;
}

/**
 * Lets through what the books carry: every number of a claim is a placeholder of a fact that the asker was given, whose source it cites; every source exists; the words
 * between hold no number of their own and nothing that could be pressed or run. The values are filled in here, from our own facts.
 */
export function checkedAnswer(claims: readonly AskClaim[], facts: readonly AskFact[]): CheckedAnswer {
  const byId = new Map(facts.map((fact) => [fact.id, fact]));
  const known = new Set(facts.map(({ source }) => source));
  const carried = claims.flatMap((claim) => {
    const line = carriedLine(claim, byId, known);
    return line === undefined ? [] : [{ line, cites: claim.cites }];
  });
  return {
    lines: carried.map(({ line }) => line),
    sources: [...new Set(carried.flatMap(({ cites }) => cites))],
    refused: claims.length - carried.length,
  };
}

function carriedLine({ text, cites }: AskClaim, byId: ReadonlyMap<string, AskFact>, known: ReadonlySet<string>): string | undefined {
  const line = oneLine(text);
  const used = [...line.matchAll(PLACEHOLDER)].map(([, id = ""]) => byId.get(id));
  if (used.length === 0 || cites.some((cite) => !known.has(cite))) return undefined;
  if (used.some((fact) => fact === undefined || !cites.includes(fact.source))) return undefined;
  // Names that hold digits may be said where they are cited.
  const names = cites.map(nameOf).sort((a, b) => b.length - a.length);
  const words = names.reduce((rest, name) => withoutName(rest, name), line.replace(PLACEHOLDER, " "));
  if (NUMBER.test(words) || REACH.test(words)) return undefined;
  const carriers = used.filter((fact) => fact !== undefined);
  if (namesAnother(words, carriers, known) || contradicts(words, carriers)) return undefined;
  return line.replace(PLACEHOLDER, (_whole, id: string) => byId.get(id)?.value ?? "");
}

/** Whether a claim speaks of something from the books that it does not cite: the value of one would read as that of another. */
function namesAnother(words: string, used: readonly AskFact[], known: ReadonlySet<string>): boolean {
  const inLabels = new Set(used.flatMap(({ label }) => wordsOf(label)));
  const spoken = new Set(wordsOf(words).filter((word) => !inLabels.has(word)));
  return [...known].some((source) => spoken.has(nameOf(source)));
}

/** Whether a claim calls a gain a loss or a loss a gain. */
function contradicts(words: string, used: readonly AskFact[]): boolean {
  const results = used.filter(({ label }) => /\bresult\b/.test(label));
  if (results.length === 0) return false;
  const isLoss = ({ value }: AskFact) => /^-.*[1-9]/.test(value);
  return (LOSS.test(words) && !results.some(isLoss)) || (GAIN.test(words) && results.every(isLoss));
}

function wordsOf(text: string): string[] {
  return text.split(/[^\w-]+/).filter((word) => word !== "");
}

/** `bot:dip` and `decision:dip@1621429200000` as a person says them. */
function nameOf(source: string): string {
  return source.slice(source.indexOf(":") + 1).split("@")[0] ?? "";
}

function withoutName(text: string, name: string): string {
  return text
    .split(/(?<![\w-])(?=[\w-])|(?<=[\w-])(?![\w-])/)
    .map((word) => (word === name ? " " : word))
    .join("");
}

/** The answer as a person gets it, with its sources, or why there is none. */
export function answerCard({ lines, sources, refused }: CheckedAnswer): Card {
  const left = refused === 1 ? "A statement was left out" : `${refused} statements were left out`;
  const isOne = lines.length === 0 || refused === 1;
  const why = isOne
    ? "because the books do not carry it: a number of its own, or a source that there is not"
    : "because the books do not carry them: numbers of their own, or sources that there are not";
  if (lines.length > 0) {
    const answer = card("SHENRON says")
      .line(...lines)
      .fields({ Sources: sources.join(", ") });
    if (refused > 0) answer.line(`${left}, ${why}.`);
    return answer.line("The words are SHENRON's. Every number was filled in by the desk from its own books.");
  }
  if (refused > 0) return card("SHENRON's answer was refused").line(`Nothing of it is shown, ${why}.`).warning();
  return card("SHENRON found nothing in the books that answers this").line(
    "It knows bots, orders, decisions and accounts that you may see, as they are now.",
  );
}
