import type { ArgInfo, ButtonPress, CommandInfo, Completion, FrontDoor, Place, Request } from "../../../src/ports/platform.ts";
import type { View } from "../../../src/ports/view.ts";
import { FakeForms } from "../fake-forms.ts";

export function view(title: string, more: Partial<View> = {}): View {
  return { title, tone: "plain", lines: [], fields: [], buttons: [], ...more };
}

export const WHICH_SYMBOL = view("Which symbol?", {
  lines: ["`bot create`: what it trades."],
  buttons: [
    { label: "BTC/USDT", style: "plain", action: "q:token1:0" },
    { label: "ETH/USDT", style: "plain", action: "q:token1:1" },
    { label: "Cancel", style: "plain", action: "q:token1:x" },
  ],
  question: { argument: "symbol", freeText: true },
});

export const CONFIRM_DELETE = view("Please confirm", {
  tone: "warning",
  lines: ["dip will be deleted for good."],
  buttons: [{ label: "Yes, bot delete", style: "danger", action: "k:token2" }],
});

const LINE_MAX = 4_000;

const BOT: ArgInfo = { name: "bot", summary: "Which bot", kind: "text", required: true, choices: [], completes: true };
const CATALOG: CommandInfo[] = [
  {
    path: "bot create",
    summary: "Makes a bot",
    args: [
      { name: "symbol", summary: "What it trades", kind: "text", required: true, choices: [], completes: true },
      { name: "timeframe", summary: "Candle length", kind: "choice", required: false, choices: ["1m", "5m"], completes: false },
      { name: "close", summary: "Close first", kind: "flag", required: false, choices: [], completes: false },
    ],
  },
  { path: "bot list", summary: "Shows the bots", args: [] },
  { path: "bot start", summary: "Starts a bot", args: [BOT] },
  { path: "bot delete", summary: "Deletes a bot", args: [BOT] },
  { path: "account connect", summary: "Adds keys", args: [] },
  { path: "panic", summary: "Stops everything", args: [] },
];

/** A front door that a test scripts: what it was asked, and what it answers. */
export class FakeDoor implements FrontDoor {
  readonly forms = new FakeForms();
  readonly handled: Request[] = [];
  readonly accepted: Request[] = [];
  readonly presses: ButtonPress[] = [];
  readonly texts: string[] = [];
  /** What a typed text is refused with. */
  refusal: View | undefined;
  /** Answers by path; others answer that they are done. */
  readonly answers = new Map<string, (request: Request, onProgress: (view: View) => void) => Promise<View> | View>();
  onAccept: () => Promise<"new" | "seen"> = async () => "new";
  onComplete: (argument: string) => readonly string[] = () => [];
  /** Whether a question is open at the door. */
  asks = true;

  catalog(): readonly CommandInfo[] {
    return CATALOG;
  }

  parse(line: string): { path: string; args: Readonly<Record<string, string>> } | { problem: View } {
    const typed = line.trim().replace(/^\//, "");
    if (typed.length > LINE_MAX && !typed.startsWith("panic"))
      return { problem: view(`A command has at most 4,000 characters, this one has ${typed.length}.`, { tone: "bad" }) };
    const info = CATALOG.find(({ path }) => typed === path || typed.startsWith(`${path} `));
    if (!info) return { problem: view(`There is no command "${typed}"`, { tone: "bad" }) };
    const args: Record<string, string> = {};
    for (const word of typed
      .slice(info.path.length)
      .split(" ")
      .filter((each) => each !== "")) {
      const [, name, value = ""] = /^([a-z]+):(.*)$/.exec(word) ?? [];
      if (name !== undefined) args[name] = value;
      else if (info.args[0]) args[info.args[0].name] = word;
    }
    return { path: info.path, args };
  }

  mustStore(path: string): boolean {
    return path !== "bot list";
  }

  isAllowed(): boolean {
    return true;
  }

  isPrivate(): boolean {
    return false;
  }

  accept(request: Request): Promise<"new" | "seen"> {
    this.accepted.push(request);
    return this.onAccept();
  }

  async handle(request: Request, onProgress: (view: View) => void = () => undefined): Promise<View> {
    this.handled.push(request);
    return this.answers.get(request.path)?.(request, onProgress) ?? view(`done: ${request.path}`, { tone: "good" });
  }

  async press(press: ButtonPress): Promise<{ request: Request } | { view: View }> {
    this.presses.push(press);
    const { requestId: id, action, user, place } = press;
    if (action.startsWith("c:")) {
      const parsed = this.parse(action.slice(2));
      return "path" in parsed ? { request: { id, ...parsed, user, place } } : { view: parsed.problem };
    }
    if (action.startsWith("f:")) {
      this.forms.forget();
      return { view: view("Left it at that; nothing was done") };
    }
    if (action.startsWith("k:")) return { request: { id, path: "bot delete", args: { bot: "dip", confirm: "token2" }, user, place } };
    const value = ["BTC/USDT", "ETH/USDT"][Number(action.split(":")[2])];
    if (value === undefined) return { view: view("Left it at that; nothing was done") };
    return { request: { id, path: "bot create", args: { symbol: value }, user, place } };
  }

  async complete(_path: string, argument: string): Promise<readonly Completion[]> {
    return this.onComplete(argument).map((value) => ({ value, label: value }));
  }

  answer(text: string, requestId: string, user: Request["user"], place: Place): { request: Request } | { view: View } | undefined {
    this.texts.push(text);
    if (this.refusal) return { view: this.refusal };
    return this.asks ? { request: { id: requestId, path: "bot create", args: { symbol: text }, user, place } } : undefined;
  }
}

/** A door whose `bot create` asks for the symbol when it has none, and whose `bot delete` asks for a confirmation. */
export function askingDoor(): FakeDoor {
  const door = new FakeDoor();
  door.answers.set("bot create", ({ args }) =>
    args.symbol === undefined ? WHICH_SYMBOL : view(`A bot on ${args.symbol} is made`, { tone: "good" }),
  );
  door.answers.set("bot delete", ({ args }) =>
    args.confirm === undefined ? CONFIRM_DELETE : view(`${args.bot} is deleted`, { tone: "good" }),
  );
  return door;
}
