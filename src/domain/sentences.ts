/** A sentence without its full stop, to go on inside another one. */
export function clauseOf(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
