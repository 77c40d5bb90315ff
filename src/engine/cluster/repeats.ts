/** Requests whose failures are remembered; of more, the oldest are asked under their first id again, which fails once more and then goes on. */
const REMEMBERED_MAX = 1_000;

/**
 * Ids of asks for requests that come again. An id is one ask for ever, with one answer; so a request that failed because something was away (an exchange, the
 * store) is asked under another id when it is repeated. Its effect is had once nevertheless, because that carries the id of the request.
 */
export class Repeats {
  /** The id that is asked next, by the first one. */
  readonly #next = new Map<string, string>();

  /** Under which id a request is asked now. */
  idOf(first: string): string {
    return this.#next.get(first) ?? first;
  }

  /** What was asked under this id has failed, and may be asked again. */
  failed(id: string): void {
    const [, first = id, count = "1"] = /^(.*)#(\d+)$/s.exec(id) ?? [];
    this.#next.delete(first);
    this.#next.set(first, `${first}#${Number(count) + 1}`);
    for (const oldest of this.#next.keys()) {
      if (this.#next.size <= REMEMBERED_MAX) return;
      this.#next.delete(oldest);
    }
  }
}
