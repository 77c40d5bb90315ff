/** Fillers that are letters by name and show nothing. */
const FILLERS = /[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/gu;

/** Text without control, bidirectional, zero-width and other invisible characters, which could make a name or number read as another; line ends stay. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replaceAll("\t", " ")
    .replace(FILLERS, "")
    .replace(/[\p{Cc}\p{Cf}]/gu, (character) => (character === "\n" ? character : ""));
}

/** The same on a single line. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, " ").trim();
}
