import { PassThrough } from "node:stream";
import type { TerminalOptions } from "../../../src/platforms/terminal.ts";
import type { FakeDoor } from "./fake-door.ts";
import { type Rig, rigOf, until } from "./rig.ts";

export const KEYS = { ctrlC: "\u0003", ctrlD: "\u0004", tab: "\t", enter: "\r", up: "\u001b[A", left: "\u001b[D" };

const ESCAPE = "\u001b";

/** A stream that claims to be a terminal and remembers whether it was set raw. */
class FakeTty extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  columns = 80;

  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }
}

export interface TtyRig extends Rig {
  readonly input: FakeTty;
  readonly output: FakeTty;
  /** Types keys and waits until the output holds a text. */
  type(keys: string, expected: string): Promise<void>;
  /** The screen's rows as a person sees them. */
  rows(): readonly string[];
}

/** A started terminal with a person at it, waiting at its prompt. */
export async function personAt(
  door: FakeDoor,
  { columns = 80, ...options }: Partial<TerminalOptions> & { columns?: number } = {},
): Promise<TtyRig> {
  const input = new FakeTty();
  const output = new FakeTty();
  output.columns = columns;
  let all = "";
  output.on("data", (chunk: Buffer) => {
    all += chunk.toString();
  });
  const rig = rigOf({ input, output, interactive: true, ...options });
  await rig.terminal.start(door);
  await until(() => rig.text().includes("storm> "), "the prompt");
  const type = async (keys: string, expected: string) => {
    rig.forget();
    input.write(keys);
    await until(() => rig.text().includes(expected), `${JSON.stringify(expected)} in ${JSON.stringify(rig.text())}`);
  };
  return { ...rig, input, output, type, rows: () => screenOf(all, output.columns) };
}

/** Plays what was written on a screen: text, line ends, and the few sequences that readline uses. */
export function screenOf(written: string, columns: number): readonly string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  const sequence = /\[(\d*)(?:;\d*)?([A-Za-z])/y;
  for (let index = 0; index < written.length; index++) {
    sequence.lastIndex = index + 1;
    const found = written[index] === ESCAPE ? sequence.exec(written) : null;
    if (found) {
      const [whole, digits = "", letter] = found;
      const count = Number(digits || "1");
      index += whole.length;
      if (letter === "A") row = Math.max(0, row - count);
      else if (letter === "B") row += count;
      else if (letter === "C") column += count;
      else if (letter === "D") column = Math.max(0, column - count);
      else if (letter === "G") column = count - 1;
      else if (letter === "J") {
        rows.splice(row + 1);
        rows[row] = (rows[row] ?? []).slice(0, column);
      } else if (letter === "K") rows[row] = (rows[row] ?? []).slice(0, column);
      continue;
    }
    const character = written[index]!;
    if (character === "\r") column = 0;
    else if (character === "\n") {
      row += 1;
      column = 0;
    } else {
      if (column >= columns) {
        row += 1;
        column = 0;
      }
      while (rows.length <= row) rows.push([]);
      const cells = rows[row]!;
      while (cells.length < column) cells.push(" ");
      cells[column] = character;
      column += 1;
    }
    while (rows.length <= row) rows.push([]);
  }
  return rows.map((cells) => cells.join("").trimEnd());
}
