import type { LineSource, TypedLine } from "./lines.ts";
import { StreamLines } from "./lines.ts";
import type { Output } from "./output.ts";

/** Where lines are typed and texts are shown. */
export interface Front extends LineSource {
  /** The next line. With a prompt it is a secret: where a person types it, it is not shown. */
  next(hiddenPrompt?: string): Promise<TypedLine | undefined>;
  /** Ends a hidden prompt: what is typed from now on is an ordinary line again. */
  reveal(): void;
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
    reveal: () => undefined,
  };
}
