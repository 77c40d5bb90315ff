/** Somebody in front of the desk, on whatever platform: what is done and seen is the same, how is each platform's own. */
export interface Person {
  /** As the desk names them: `discord:123`. */
  readonly id: string;
  /** The place where they speak, as the desk names it. */
  readonly place: string;
  /** Sends a command, its arguments by name (`bot show bot:dip`), and returns what this person then sees as the answer. */
  run(line: string): Promise<string>;
  /** Presses a button under what this person saw last. */
  press(label: string): Promise<string>;
  /** Answers the question that is open in words. */
  type(text: string): Promise<string>;
  /** Enters the values that the command asked for where this platform takes secrets, in their order, and returns what is seen then. */
  enter(values: Readonly<Record<string, string>>): Promise<string>;
  /** The same person where nobody else reads along. */
  inPrivate(): Person;
  /** The oldest alert at this place that fits and was not returned before, past or to come. */
  nextAlert(matching: RegExp): Promise<string>;
  /** All alerts at this place so far that fit, whether returned before or not. */
  alerts(matching: RegExp): string[];
  /** Looks at what another person on the same platform saw last, so that `press` presses there. */
  lookAt(other: Person): void;
}

export const PATIENCE_MS = 5_000;

/** A text without what is one platform's own idiom: marks, signs, numbers of choices, breaks and the colon after a field's name. */
export function spoken(text: string): string {
  return text
    .replaceAll(/\\([^\w\s])/g, "$1")
    .replaceAll(/\*\*|`|```\w*|^#{1,3} |^-# |^⚡ /gm, "")
    .replaceAll(/^(?:[·✓✗!] |✅ |⛔ |⚠️ )+/gmu, "")
    .replaceAll(/:(?=\s)/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Waits for news and looks again at each, until something is found. */
export async function awaited<T>(probe: () => T | undefined, onNews: (look: () => void) => () => void, hoped: () => string): Promise<T> {
  const already = probe();
  if (already !== undefined) return already;
  const found = Promise.withResolvers<T>();
  const off = onNews(() => {
    const value = probe();
    if (value !== undefined) found.resolve(value);
  });
  const timer = setTimeout(() => found.reject(new Error(hoped())), PATIENCE_MS);
  try {
    return await found.promise;
  } finally {
    clearTimeout(timer);
    off();
  }
}
