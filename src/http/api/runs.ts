import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { shownArgs } from "../../chat/audit.ts";
import { sameCommand } from "../../chat/confirmations.ts";
import type { Dispatcher } from "../../chat/dispatcher.ts";
import { earlierResult } from "../../chat/repeats.ts";
import { card } from "../../chat/view.ts";
import { Secret } from "../../domain/secret.ts";
import type { Request } from "../../ports/platform.ts";
import { StoreUnavailable } from "../../ports/store.ts";
import type { View } from "../../ports/view.ts";
import { type Bearer, bearerIn } from "./bearer.ts";
import { ANSWERS_KEPT } from "./limits.ts";
import { ApiProblem } from "./problem.ts";

const ID_LENGTH = 16;
const OTHER_REQUEST = "This Idempotency-Key came with another request before. Use a new key for each request.";
const KEY = /^[\w.:-]{1,64}$/;

/** One command for a program. `secrets` fill the form that the command opens. */
export interface Run {
  readonly path: string;
  readonly args: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

interface Kept {
  readonly fingerprint: string;
  readonly view: Promise<View>;
}

/**
 * Runs commands through the chat layer's door. Under one Idempotency-Key a command has its effect once: a repeat gets the first answer, after a restart what the
 * books say, and otherwise the word that it was received; it is never run a second time.
 */
export class Runs {
  readonly #door: () => Dispatcher;
  readonly #kept = new Map<string, Kept>();

  constructor(door: () => Dispatcher) {
    this.#door = door;
  }

  /** The id under which a request is run: the same for each repeat under one Idempotency-Key, another one each time without. */
  idOf(request: FastifyRequest): string {
    return bearerIn(request).idPrefix + (keyOf(request) ?? this.#door().options.chance.token(ID_LENGTH));
  }

  async run(request: FastifyRequest, run: Run, id = this.idOf(request)): Promise<View> {
    const bearer = bearerIn(request);
    const door = this.#door();
    const key = keyOf(request);
    const asked = { id, path: run.path, args: run.args, user: bearer.user, place: bearer.place };
    if (!door.mustStore(run.path)) return door.handle(asked);
    const fingerprint = createHash("sha256").update(JSON.stringify(run)).digest("hex");
    const known = this.#kept.get(id);
    if (known && known.fingerprint !== fingerprint) throw new ApiProblem(422, OTHER_REQUEST);
    if (known) return known.view;
    const view = this.#runOnce(door, asked, run);
    if (key !== undefined) this.#keep(id, { fingerprint, view });
    return view;
  }

  /** Hands secrets in for a form that is open for this bearer. */
  submit({ user, place }: Bearer, token: string, values: Readonly<Record<string, string>>): Promise<View> {
    const secrets = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
    return this.#door().forms.submit({ token, values: secrets, user, place });
  }

  async #runOnce(door: Dispatcher, asked: Request, { secrets }: Run): Promise<View> {
    if ((await accepted(door, asked)) === "seen") return this.#seen(door, asked);
    const view = await door.handle(asked);
    if (!view.form || !secrets) return view;
    const { token, fields } = view.form;
    const wanted = Object.fromEntries(Object.entries(secrets).filter(([name]) => fields.some((field) => field.name === name)));
    return this.submit({ user: asked.user, place: asked.place, idPrefix: "" }, token, wanted);
  }

  #seen(door: Dispatcher, asked: Request): View {
    const { desk, engine, commands } = door.options;
    const [done, command] = [desk.state.results.get(asked.id), commands.get(asked.path)];
    const isSame = !done || (command && sameCommand(done, { path: asked.path, args: shownArgs(command, asked.args) }));
    if (!isSame) throw new ApiProblem(422, OTHER_REQUEST);
    const result = earlierResult(asked.id, desk.state, engine.accounts());
    if (result !== undefined) return card(`Already done: ${result}`).view();
    throw new ApiProblem(
      409,
      "A request with this Idempotency-Key was received before, and its answer is not known any more. It was not run again: look at what is the case, and use a new key.",
    );
  }

  #keep(id: string, kept: Kept): void {
    this.#kept.set(id, kept);
    // What could not be received was not run: the same key may try again.
    kept.view.catch(() => this.#kept.delete(id));
    if (this.#kept.size > ANSWERS_KEPT) for (const oldest of this.#kept.keys()) return void this.#kept.delete(oldest);
  }
}

async function accepted(door: Dispatcher, asked: Request): Promise<"new" | "seen"> {
  try {
    return await door.accept(asked);
  } catch (thrown) {
    if (thrown instanceof StoreUnavailable)
      throw new ApiProblem(503, "The store cannot write right now. Nothing was done; try again in a moment.");
    throw thrown;
  }
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key === "string" && KEY.test(key)) return key;
  throw new ApiProblem(400, "Idempotency-Key: expected 1 to 64 letters, digits, dots, dashes or colons.");
}
