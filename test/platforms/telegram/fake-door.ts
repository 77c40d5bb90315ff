import type { ButtonPress, CommandInfo, FrontDoor, Place, Request } from "../../../src/ports/platform.ts";
import type { View } from "../../../src/ports/view.ts";
import { FakeForms } from "../fake-forms.ts";

export function view(title: string, more: Partial<View> = {}): View {
  return { title, tone: "plain", lines: [], fields: [], buttons: [], ...more };
}

const PATHS = ["bot start", "bot list", "account balance", "panic", "help"];

/** A front door that does what the test says and remembers what it was asked. */
export class FakeDoor implements FrontDoor {
  readonly forms = new FakeForms();
  readonly accepted: Request[] = [];
  readonly handled: Request[] = [];
  readonly presses: ButtonPress[] = [];
  readonly typed: string[] = [];
  /** Ids of the questions that they were typed for. */
  readonly typedFor: (string | undefined)[] = [];
  commands: readonly CommandInfo[] = PATHS.map((path) => ({ path, summary: `What ${path} does`, args: [] }));
  onAccept: (request: Request) => Promise<"new" | "seen"> = async () => "new";
  onHandle: (request: Request, onProgress: (view: View) => void) => Promise<View> = async ({ path, args }) =>
    view(`done: ${path} ${args.rest ?? ""}`.trim(), { buttons: [{ label: "Start", style: "primary", action: "c:bot start dip" }] });
  onPress: (press: ButtonPress) => Promise<{ request: Request } | { view: View }> = async (press) => ({
    request: { id: press.requestId, path: "bot start", args: { rest: "by button" }, user: press.user, place: press.place },
  });
  /** What a typed text is refused with. */
  refusal: View | undefined;
  /** Who may answer the open question by typing. */
  openFor: string | undefined;

  catalog(): readonly CommandInfo[] {
    return this.commands;
  }

  parse(line: string): { path: string; args: Readonly<Record<string, string>> } | { problem: View } {
    const words = line.replace(/^\/(\w+)(@\w+)?/, (_, name: string) => name.replaceAll("_", " "));
    const path = PATHS.find((each) => words.startsWith(each));
    if (path === undefined) return { problem: view(`There is no command ${words}`, { tone: "bad" }) };
    return { path, args: { rest: words.slice(path.length).trim() } };
  }

  mustStore(path: string): boolean {
    return path !== "bot list" && path !== "help";
  }

  /** What that person may not do. */
  forbidden: string | undefined;

  isAllowed({ path }: Request): boolean {
    return path !== this.forbidden;
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

  async complete(): Promise<[]> {
    return [];
  }

  answer(
    text: string,
    requestId: string,
    user: { id: string; name: string },
    place: Place,
    question?: string,
  ): { request: Request } | { view: View } | undefined {
    this.typed.push(text);
    this.typedFor.push(question);
    if (this.refusal) return { view: this.refusal };
    if (this.openFor !== user.id) return undefined;
    return { request: { id: requestId, path: "bot start", args: { rest: `answered ${text}` }, user, place } };
  }
}

/** A promise that the test settles. */
export function gate<T>(): { readonly opened: Promise<T>; open(value: T): void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { opened: promise, open: resolve };
}
