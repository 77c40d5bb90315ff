const ELLIPSIS = "…";

/** At most so many UTF-16 units, with a visible mark where something was cut off. Never ends in half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < ELLIPSIS.length) return "";
  return text.slice(0, max - ELLIPSIS.length).replace(/[\uD800-\uDBFF]$/, "") + ELLIPSIS;
}

/** As many whole parts as fit in so many UTF-16 units, one per line, and then how many are missing: `… 7 more rows`. */
export function fitted(parts: readonly string[], max: number, noun: string): string[] {
  if (lengthOf(parts) <= max) return [...parts];
  const note = (left: number): string => `${ELLIPSIS} ${left} more ${noun}`;
  const room = max - note(parts.length).length - 1;
  const kept: string[] = [];
  for (const part of parts) {
    if (lengthOf(kept) + part.length + 1 > room) break;
    kept.push(part);
  }
  if (kept.length === 0) kept.push(cut(parts[0] ?? "", Math.max(0, room)));
  const left = parts.length - kept.length;
  return left === 0 ? kept : [...kept, note(left)];
}

/** HTML of the Bot API for text that is shown as it stands. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
