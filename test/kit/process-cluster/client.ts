import { pause } from "../process-live-desk.ts";

/** A request that a gateway has not answered by then is sent again, under the same key. */
const REQUEST_MS = 90_000;
const AGAIN_MS = 200;
/** How long a person tries. */
const PATIENCE_MS = 120_000;

interface ApiAnswer {
  readonly outcome: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly table?: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** `done` and `refused` are an answer; `unknown` means that nobody knows what came of it. */
export interface Outcome {
  readonly kind: "done" | "refused" | "unknown";
  readonly text: string;
  readonly table?: ApiAnswer["table"];
}

export interface ApiWish {
  readonly token: string;
  /** As `bot create`. */
  readonly path: string;
  readonly args?: Readonly<Record<string, string>>;
  /** One effect however often it is sent; what only reads needs none. */
  readonly key?: string;
  readonly patienceMs?: number;
}

/** A program at the API of whichever gateway has the desk: it tries all addresses until one answers. */
export class ClusterClient {
  readonly #ports: number[] = [];
  #turn = 0;

  /** From now on it tries this one, too. */
  knows(port: number): void {
    this.#ports.push(port);
  }

  async run(wish: ApiWish): Promise<Outcome> {
    const untilMs = Date.now() + (wish.patienceMs ?? PATIENCE_MS);
    let last = "nobody answered";
    while (Date.now() < untilMs) {
      const said = await this.#once(wish);
      if (typeof said === "string") last = said;
      else return said;
      this.#turn += 1;
      await pause(AGAIN_MS);
    }
    return { kind: "unknown", text: last };
  }

  /** One try; words say why it is worth another one. */
  async #once({ token, path, args = {}, key }: ApiWish): Promise<Outcome | string> {
    const port = this.#ports[this.#turn % this.#ports.length];
    try {
      const response = await fetch(`http://127.0.0.1:${port}/api/commands/${path.replaceAll(" ", "/")}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...(key && { "idempotency-key": key }) },
        body: JSON.stringify(args),
        signal: AbortSignal.timeout(REQUEST_MS),
      });
      const body = (await response.json()) as Partial<ApiAnswer> & { readonly error?: string };
      const text = body.error ?? [body.title, ...(body.lines ?? [])].join(" ");
      if (response.status === 503 || response.status === 429 || response.status === 401) return `${response.status} ${text}`;
      if (response.status === 409) return { kind: "unknown", text };
      if (body.outcome === "done") return { kind: "done", text, ...(body.table && { table: body.table }) };
      return { kind: "refused", text: `${response.status} ${text}` };
    } catch (failure) {
      return String(failure instanceof Error ? (failure.cause ?? failure) : failure);
    }
  }
}
