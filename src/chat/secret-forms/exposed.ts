import type { CommandInfo, Request } from "../../ports/platform.ts";
import type { View } from "../../ports/view.ts";
import type { Commands } from "../command.ts";
import { type Line, parseLine } from "../line.ts";
import { badView } from "../view.ts";
import { looksLikeKeys } from "./key-like.ts";

/** The answer to a command with keys in its arguments. It repeats nothing of them. */
export function exposedView(): View {
  return badView(
    "That looks like an API key, so nothing of it was read or stored",
    "Keys are entered only where the desk asks for them. Make a new key at the exchange and delete this one: a chat or a screen has seen it.",
  );
}

/** Whether a request carries what looks like keys. Such a request is never stored. */
export function exposes({ args }: Pick<Request, "args">): boolean {
  return looksLikeKeys(Object.values(args).join(" "));
}

/** The request as it may be run: what lowers risk is obeyed without its arguments, anything else with keys in it is not heard. */
export function unexposed(request: Request, commands: Commands): Request | undefined {
  if (!exposes(request)) return request;
  return commands.get(request.path)?.rerun === true ? { ...request, args: {} } : undefined;
}

/** Reads a typed line. One with keys in it is refused unseen; what lowers risk is obeyed without its arguments. */
export function parseUnexposed(line: string, catalog: readonly CommandInfo[], commands: Commands): Line {
  const read = parseLine(line, catalog);
  if (!looksLikeKeys(line)) return read;
  return "path" in read && commands.get(read.path)?.rerun === true ? { path: read.path, args: {} } : { problem: exposedView() };
}
