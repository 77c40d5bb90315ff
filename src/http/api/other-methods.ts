import type { FastifyInstance } from "fastify";
import { ApiProblem } from "./problem.ts";

/** Which methods an address takes, so that a wrong one is not told that there is nothing. */
export class OtherMethods {
  readonly #taken = new Map<string, { readonly parts: readonly string[]; readonly methods: Set<string> }>();

  /** Listens to the routes that are added from now on. */
  constructor(app: Pick<FastifyInstance, "addHook">) {
    app.addHook("onRoute", ({ url, method }) => {
      const known = this.#taken.get(url) ?? { parts: url.split("/"), methods: new Set() };
      for (const each of [method].flat()) known.methods.add(each);
      this.#taken.set(url, known);
    });
  }

  /** Throws a 405 with an `allow` header where the address of a request takes other methods. */
  refuse({ url, method }: { readonly url: string; readonly method: string }): void {
    const parts = (url.split("?")[0] ?? "").split("/");
    const found = [...this.#taken.values()].find(({ parts: wanted }) => fits(parts, wanted));
    if (found === undefined) return;
    const methods = [...found.methods].join(", ");
    throw new ApiProblem(405, `${method} is not taken here; send ${methods}.`, { allow: methods });
  }
}

function fits(parts: readonly string[], wanted: readonly string[]): boolean {
  return (
    parts.length === wanted.length && wanted.every((part, index) => part === parts[index] || (part.startsWith(":") && parts[index] !== ""))
  );
}
