import { PassThrough } from "node:stream";
import { openTerminal, type Terminal, type TerminalOptions } from "../../../src/platforms/terminal.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { type FakeDoor, view } from "./fake-door.ts";

const UNTIL_MS = 3_000;

export interface Rig {
  readonly terminal: Terminal;
  readonly input: PassThrough;
  readonly output: PassThrough;
  readonly clock: FakeClock;
  /** All that was printed so far. */
  text(): string;
  /** Forgets what was printed so far. */
  forget(): void;
}

/** A terminal on two streams; its output is read all the time. */
export function rigOf(options: Partial<TerminalOptions> = {}): Rig {
  const input = options.input instanceof PassThrough ? options.input : new PassThrough();
  const output = options.output instanceof PassThrough ? options.output : new PassThrough();
  const clock = new FakeClock();
  let text = "";
  output.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const terminal = openTerminal({
    input,
    output,
    json: false,
    interactive: false,
    endsAtEof: true,
    colors: false,
    clock,
    wait: async () => view("The market moved"),
    welcome: () => view("Welcome"),
    ...options,
  });
  return {
    terminal,
    input,
    output,
    clock,
    text: () => text,
    forget: () => {
      text = "";
    },
  };
}

/** Runs lines from a pipe to their end and returns what was printed after the welcome. */
export async function piped(lines: readonly string[], door: FakeDoor, options: Partial<TerminalOptions> = {}): Promise<string> {
  const { terminal, input, text } = rigOf(options);
  await terminal.start(door);
  input.end(lines.map((line) => `${line}\n`).join(""));
  await terminal.ended;
  await terminal.stop();
  return text().split("\n").slice(1).join("\n");
}

/** Lets I/O run until something holds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + UNTIL_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`It never came to this: ${what}.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets a few rounds of I/O run, for what must not happen. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve));
}
