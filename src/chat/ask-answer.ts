import { oneLine } from "../domain/visible-text.ts";
import type { AskClaim, AskFact } from "../ports/shenron.ts";
import { type Card, card } from "./view.ts";

const PLACEHOLDER = /\{(f\d{1,4})\}/g;
/** Numbers of a model's own, in whatever script or word it writes them. */
const NUMBER =
  /\p{N}|%|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|halved|doubled?|twice|triple[ds]?|quarters?|thirds?|percent|nothing|none)\b/iu;
/** What could be pressed, opened or run. */
const REACH = /https?:|www\.|[<>`@[\]\\|{}]|(?<!\w)\/\w/i;

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
  const names = cites.flatMap((cite) => cite.slice(cite.indexOf(":") + 1).split("@")[0] ?? []).sort((a, b) => b.length - a.length);
  const words = names.reduce((rest, name) => withoutName(rest, name), line.replace(PLACEHOLDER, " "));
  if (NUMBER.test(words) || REACH.test(words)) return undefined;
  return line.replace(PLACEHOLDER, (_whole, id: string) => byId.get(id)?.value ?? "");
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
  const why = "because the books do not carry it: a number of its own, or a source that there is not";
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
