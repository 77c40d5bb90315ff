import type { IncomingMessage, ServerResponse } from "node:http";
import type { Faults } from "./faults.ts";
import type { RateLimits } from "./limits.ts";
import type { Upload } from "./messages.ts";
import { ApiRefusal, invalidForm, tooLarge, unauthorized } from "./refusal.ts";
import type { World } from "./world.ts";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly uploads: readonly Upload[];
  readonly arrivedMs: number;
  /** The value of a place-holder of the route's template. */
  readonly param: (name: string) => string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  /** Method and path as Discord's published description writes them, so that the judges find their schema by it. */
  readonly template: string;
  /** Served without a bot token: the path carries its own. */
  readonly open?: boolean;
  readonly exemptFromGlobalLimit?: boolean;
  readonly handle: (call: Call) => Answer;
}

/** Looks at both sides of a call; each line is one thing wrong. */
export interface Judge {
  request(template: string, call: Call): Promise<string[]> | string[];
  answer?(template: string, answer: Answer): Promise<string[]> | string[];
}

export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly uploads: readonly string[];
  readonly status: number | "hang" | "destroy";
}

export interface HttpParts {
  readonly world: World;
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly judges: readonly Judge[];
  readonly routes: readonly Route[];
  readonly violations: string[];
  readonly onRequest: (record: RequestRecord) => void;
}

const MAX_FILE_BYTES = 10 * 1024 * 1024;

export class HttpApi {
  readonly #parts: HttpParts;
  readonly #table: { route: Route; method: string; pattern: RegExp; names: string[] }[];

  constructor(parts: HttpParts) {
    this.#parts = parts;
    this.#table = parts.routes.map((route) => {
      const [method = "", path = ""] = route.template.split(" ");
      const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
      return { route, method, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "([^/]+)")}$`), names };
    });
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedMs = this.#parts.world.clock.nowMs();
    const { method = "GET", url = "/" } = request;
    const target = new URL(url, "http://127.0.0.1");
    const path = decodeURIComponent(target.pathname).replace(/^\/api\/v10(?=\/)/, "");
    if (path.startsWith("/attachments/")) return this.#sendFile(path, response);
    const { body, uploads } = await readBody(request);
    const note = (status: RequestRecord["status"]) =>
      this.#parts.onRequest({ method, path, body, uploads: uploads.map((upload) => upload.name), status });
    const fault = this.#parts.faults.take(method, path);
    const facts = { method, path, query: target.searchParams, body, uploads, arrivedMs };
    const answer = fault && fault.when !== "after" ? { status: 0, headers: {} } : await this.#answer(facts, request.headers.authorization);
    if (fault) {
      note(fault.status);
      if (fault.status === "destroy") request.socket.destroy();
      if (typeof fault.status !== "number") return;
      const body = fault.body ?? { message: `${fault.status}: fault`, code: 0 };
      this.#send(response, { status: fault.status, body, headers: fault.headers ?? {} });
      return;
    }
    note(answer.status);
    this.#send(response, answer);
  }

  async #answer(facts: Omit<Call, "param">, authorization: string | undefined): Promise<FullAnswer> {
    const { limits, world, violations } = this.#parts;
    if (limits.isBanned) return { status: 429, body: "You are being blocked from accessing our API temporarily", headers: {} };
    const found = this.#find(facts.method, facts.path);
    if (!found) {
      violations.push(`${facts.method} ${facts.path}: no such route`);
      return { status: 404, body: { message: "404: Not Found", code: 0 }, headers: {} };
    }
    const { route, call } = found(facts);
    if (!route.open && authorization !== `Bot ${world.token}`) return { ...refuse(unauthorized()), headers: {} };
    const major = facts.path.split("/").slice(0, 4).join("/");
    const verdict = limits.take(facts.method, facts.path, `${route.template} ${major}`, route.exemptFromGlobalLimit ?? false);
    if (verdict.refusal) return { status: 429, body: verdict.refusal.body, headers: verdict.headers };
    return { ...(await this.#judged(route, call)), headers: verdict.headers };
  }

  async #judged(route: Route, call: Call): Promise<Answer> {
    const { violations, judges } = this.#parts;
    const blame = (wrong: readonly string[], side: string) =>
      violations.push(...wrong.map((line) => `${side} ${call.method} ${call.path}: ${line}`));
    try {
      if (call.uploads.some((upload) => upload.bytes.length > MAX_FILE_BYTES)) throw tooLarge();
      const wrong = (await Promise.all(judges.map((judge) => judge.request(route.template, call)))).flat();
      blame(wrong, "request");
      if (wrong[0] !== undefined) return refuse(invalidForm("body", wrong[0]));
      const answer = route.handle(call);
      blame((await Promise.all(judges.map((judge) => judge.answer?.(route.template, answer) ?? []))).flat(), "answer to");
      return answer;
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      if (error.isMalformed) blame([error.message], "request");
      return refuse(error);
    }
  }

  #find(method: string, path: string) {
    for (const { route, pattern, names, method: served } of this.#table) {
      const match = served === method ? pattern.exec(path) : null;
      if (!match) continue;
      const values = new Map(names.map((name, index) => [name, match[index + 1] ?? ""]));
      return (facts: Omit<Call, "param">) => ({ route, call: { ...facts, param: (name: string) => values.get(name) ?? "" } });
    }
    return undefined;
  }

  #sendFile(path: string, response: ServerResponse): void {
    const file = this.#parts.world.files.get(path.split("/")[2] ?? "");
    if (file) response.writeHead(200, { "content-type": file.contentType }).end(file.bytes);
    else response.writeHead(404).end();
  }

  #send(response: ServerResponse, { status, body, headers }: FullAnswer): void {
    this.#parts.limits.countAnswer(status);
    const isText = typeof body === "string";
    if (body === undefined) response.writeHead(status, headers).end();
    else
      response
        .writeHead(status, { ...headers, "content-type": isText ? "text/html" : "application/json" })
        .end(isText ? body : JSON.stringify(body));
  }
}

type FullAnswer = Answer & { readonly headers: Record<string, string> };

function refuse(refusal: ApiRefusal): Answer {
  return { status: refusal.status, body: refusal.toBody() };
}

async function readBody(request: IncomingMessage): Promise<{ body: unknown; uploads: Upload[] }> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const raw = Buffer.concat(chunks);
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data")) return { body: raw.length ? JSON.parse(raw.toString("utf8")) : undefined, uploads: [] };
  const form = await new Response(raw, { headers: { "content-type": type } }).formData();
  const uploads: Upload[] = [];
  for (const [field, value] of form) {
    if (typeof value === "string") continue;
    const bytes = new Uint8Array(await value.arrayBuffer());
    uploads.push({
      key: /\[(\d+)\]/.exec(field)?.[1] ?? field,
      name: value.name,
      contentType: value.type || "application/octet-stream",
      bytes,
    });
  }
  const payload = form.get("payload_json");
  return { body: typeof payload === "string" ? JSON.parse(payload) : {}, uploads };
}
