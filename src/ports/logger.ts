/** Structured log. Facts first, then a sentence. Secrets that were registered never reach the output. */
export interface Logger {
  debug(facts: Record<string, unknown>, message: string): void;
  info(facts: Record<string, unknown>, message: string): void;
  warn(facts: Record<string, unknown>, message: string): void;
  error(facts: Record<string, unknown>, message: string): void;
  child(bindings: Record<string, unknown>): Logger;
}
