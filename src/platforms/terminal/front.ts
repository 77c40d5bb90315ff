import type { LineSource } from "./lines.ts";
import { StreamLines } from "./lines.ts";
import type { Output } from "./output.ts";

/** Where lines are typed and texts are shown. */
export interface Front extends LineSource {
  /** Resolves with true once the text was flushed, with false when nobody reads any more. */
  print(text: string): Promise<boolean>;
  clear(): void;
}

/** A pipe: lines in, text out. */
export function pipedFront(input: NodeJS.ReadableStream, output: Output): Front {
  const lines = new StreamLines(input);
  return {
    next: () => lines.next(),
    close: () => lines.close(),
    print: (text) => output.write(text),
    clear: () => undefined,
  };
}
