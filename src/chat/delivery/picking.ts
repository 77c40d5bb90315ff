import type { Entry } from "./entry.ts";
import { type Folding, foldKeyOf } from "./folding.ts";
import type { Intake } from "./intake.ts";

/**
 * What goes out next, in order and as at most `messages` messages: critical alerts first, each after the ordinary ones of its own lane that
 * happened before it; then ordinary ones as they came, up to one that is behind a critical one. In quiet hours only those ordinary ones that may
 * not wait.
 */
export function pick(intake: Intake, folding: Folding, isQuiet: boolean, nowMs: number, messages: number): Entry[] {
  const picked = new Set<Entry>(criticalNow(intake).slice(0, messages));
  let left = messages - picked.size;
  const isOpen = !isQuiet || intake.isFullOfHeld;
  const mayGo = (entry: Entry) => isOpen || intake.isEarly(entry);
  const singles = new Map<string, number>();
  const folded = new Set<string>();
  const unsent = folding.unsent?.entries ?? [];
  if (left > 0 && unsent.some(mayGo)) {
    left -= 1;
    for (const entry of unsent) picked.add(entry);
  }
  for (const entry of intake.ordinary) {
    if (picked.has(entry) || unsent.includes(entry) || !mayGo(entry)) continue;
    if (isBehindCritical(intake, entry, picked)) break;
    const key = foldKeyOf(entry);
    if (folding.isFull(entry, nowMs, singles.get(key) ?? 0)) {
      if (!folded.has(key)) left -= 1;
      folded.add(key);
    } else {
      left -= 1;
      singles.set(key, (singles.get(key) ?? 0) + 1);
    }
    if (left < 0) break;
    picked.add(entry);
  }
  return [...picked];
}

/** Critical alerts that nothing must precede any more. */
function criticalNow(intake: Intake): Entry[] {
  const free: Entry[] = [];
  const held: Entry[] = [];
  for (const entry of intake.critical) {
    const isBehind = held.some(({ lane }) => lane === entry.lane);
    (isBehind || isHeld(intake, entry) ? held : free).push(entry);
  }
  return free;
}

function isHeld(intake: Intake, entry: Entry): boolean {
  return intake.isAhead(entry) || intake.ordinary.some((each) => isBefore(each, entry));
}

function isBehindCritical(intake: Intake, entry: Entry, picked: ReadonlySet<Entry>): boolean {
  return intake.critical.some((each) => !picked.has(each) && isBefore(each, entry));
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.lane === b.lane && a.stream === b.stream && a.sequence < b.sequence;
}
