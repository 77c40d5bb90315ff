/** Cut mark; one character, so that limits stay easy to reckon. */
const ELLIPSIS = "…";

/**
 * Text that Discord shows as it stands: no emphasis, links, mentions, headings, quotes or lists.
 * Only what has a meaning where it stands is escaped, so that prices, dates and rules stay readable on the wire.
 */
export function escaped(text: string): string {
  return text
    .replace(/[\\*_~`|]/g, "\\$&")
    .replace(/<(?=[@#:/]|a:|t:|id:|https?:)/g, "\\<")
    .replace(/@(?=everyone|here)/g, "\\@")
    .replace(/\](?=\()/g, "\\]")
    .replace(/^(\s*)(#{1,3}(?=\s)|-#(?=\s)|>{1,3}|[-+](?=\s))/gm, "$1\\$2")
    .replace(/^(\s*\d+)\.(?=\s)/gm, "$1\\.");
}

/** The same, except that what stands between backticks becomes inline code, whose content Discord does not read. */
export function withCode(text: string): string {
  return text
    .split(/(`[^`\\\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : escaped(part)))
    .join("");
}

/** At most so many UTF-16 units, with a visible mark where something was cut off. Never ends in half a character or half an escape. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < ELLIPSIS.length) return "";
  const kept = text.slice(0, max - ELLIPSIS.length).replace(/[\uD800-\uDBFF]$/, "");
  const slashes = /\\*$/.exec(kept)?.[0].length ?? 0;
  return `${closed(slashes % 2 === 1 ? kept.slice(0, -1) : kept)}${ELLIPSIS}`;
}

/** Without the backtick of a code whose end was cut off: it would swallow what follows. */
function closed(text: string): string {
  const ticks = [...text.matchAll(/\\.|`/gs)].filter(([mark]) => mark === "`");
  const last = ticks.at(-1)?.index;
  return ticks.length % 2 === 0 || last === undefined ? text : text.slice(0, last) + text.slice(last + 1);
}

/** As many parts as fit, one per line, and then how many are missing: `… 7 more rows`. */
export function fitLines(parts: readonly string[], max: number, noun: string): string {
  const whole = parts.join("\n");
  if (whole.length <= max) return whole;
  const note = (left: number): string => `${ELLIPSIS} ${left} more ${noun}`;
  const room = max - note(parts.length).length - 1;
  const kept: string[] = [];
  let used = 0;
  for (const part of parts) {
    if (used + part.length > room) break;
    kept.push(part);
    used += part.length + 1;
  }
  if (kept.length === 0) {
    const first = cut(parts[0] ?? "", parts.length === 1 ? max : room);
    return parts.length === 1 || first === "" ? first : `${first}\n${note(parts.length - 1)}`;
  }
  return [...kept, note(parts.length - kept.length)].join("\n");
}
