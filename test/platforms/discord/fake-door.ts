import type { ButtonPress, CommandInfo, Completion, FrontDoor, Place, Request } from "../../../src/ports/platform.ts";
import type { View } from "../../../src/ports/view.ts";
import { FakeForms } from "../fake-forms.ts";

export function view(title: string, more: Partial<View> = {}): View {
  return { title, tone: "plain", lines: [], fields: [], buttons: [], ...more };
}

const CATALOG: CommandInfo[] = [
  {
    path: "bot create",
    summary: "Create a bot",
    args: [
      { name: "name", summary: "Its name", kind: "text", required: true, choices: [], completes: false },
      { name: "symbol", summary: "What to trade", kind: "text", required: true, choices: [], completes: true },
      { name: "timeframe", summary: "Candle length", kind: "choice", required: false, choices: ["1m", "5m"], completes: false },
      { name: "stop", summary: "Stop distance", kind: "number", required: false, choices: [], completes: false },
      { name: "close", summary: "Close first", kind: "flag", required: false, choices: [], completes: false },
    ],
  },
  { path: "bot list", summary: "List the bots", args: [] },
  { path: "account balance", summary: "Balances", args: [] },
  { path: "help", summary: "What can be typed", args: [] },
];

/** A front door that does what the test says and remembers what it was asked. */
export class FakeDoor implements FrontDoor {
  readonly forms = new FakeForms();
  readonly accepted: Request[] = [];
  readonly handled: Request[] = [];
  readonly presses: ButtonPress[] = [];
  readonly typed: { text: string; requestId: string; place: Place; question: string | undefined }[] = [];
  readonly completions: {
    path: string;
    argument: string;
    typed: string;
    user: string;
    args: Readonly<Record<string, string>>;
    place: string | undefined;
  }[] = [];
  commands: readonly CommandInfo[] = CATALOG;
  onAccept: (request: Request) => Promise<"new" | "seen"> = async () => "new";
  onHandle: (request: Request, onProgress: (view: View) => void) => Promise<View> = async (request) => view(`done: ${request.path}`);
  onPress: (press: ButtonPress) => Promise<{ request: Request } | { view: View }> = async (press) => ({
    request: requestOf(press, "bot create"),
  });
  onComplete: () => Promise<readonly Completion[]> = async () => [];
  /** What a typed text is refused with. */
  refusal: View | undefined;
  /** The question that is open, by who may answer it. */
  open: { userId: string; path: string } | undefined;

  catalog(): readonly CommandInfo[] {
    return this.commands;
  }

  parse(line: string): { problem: View } {
    return { problem: view(`${line}: Discord sends no typed lines`) };
  }

  mustStore(path: string): boolean {
    return path !== "bot list" && path !== "help";
  }

  isAllowed(): boolean {
    return true;
  }

  isPrivate(request: Request): boolean {
    return request.path.startsWith("account");
  }

  accept(request: Request): Promise<"new" | "seen"> {
    this.accepted.push(request);
    return this.onAccept(request);
  }

  handle(request: Request, onProgress: (view: View) => void = () => undefined): Promise<View> {
    this.handled.push(request);
    return this.onHandle(request, onProgress);
  }

  press(press: ButtonPress): Promise<{ request: Request } | { view: View }> {
    this.presses.push(press);
    return this.onPress(press);
  }

  complete(
    path: string,
    argument: string,
    typed: string,
    user: string,
    args: Readonly<Record<string, string>>,
    place?: string,
  ): Promise<readonly Completion[]> {
    this.completions.push({ path, argument, typed, user, args, place });
    return this.onComplete();
  }

  answer(
    text: string,
    requestId: string,
    user: { id: string; name: string },
    place: Place,
    question?: string,
  ): { request: Request } | { view: View } | undefined {
    this.typed.push({ text, requestId, place, question });
    if (this.refusal) return { view: this.refusal };
    if (this.open?.userId !== user.id) return undefined;
    return { request: { id: requestId, path: this.open.path, args: { name: text }, user, place } };
  }
}

export function requestOf(press: ButtonPress, path: string): Request {
  return { id: press.requestId, path, args: {}, user: press.user, place: press.place };
}

/** A promise that the test settles. */
export function gate<T>(): { readonly opened: Promise<T>; open(value: T): void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { opened: promise, open: resolve };
}
