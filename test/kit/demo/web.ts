import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ZodType, z } from "zod";
import type { ChangeFeed } from "./change-feed.ts";
import { Refused } from "./shapes.ts";
import type { Stage } from "./stage.ts";

const BODY_MAX_BYTES = 64 * 1_024;
const TYPES: Readonly<Record<string, string>> = { html: "text/html", css: "text/css", js: "text/javascript" };
const PAGE_FILES = [
  "index.html",
  "style.css",
  "discord.css",
  "telegram.css",
  "app.js",
  "dom.js",
  "discord.js",
  "markdown.js",
  "telegram.js",
  "suggest.js",
];
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

type Action = (body: unknown) => Promise<unknown>;

/** The page and its API on 127.0.0.1. Only a page of its own origin may use it. */
export class WebServer {
  readonly #stage: Stage;
  readonly #feed: ChangeFeed;
  readonly #actions: ReadonlyMap<string, Action>;
  readonly #server: Server;

  static async start(stage: Stage, feed: ChangeFeed, port: number): Promise<WebServer> {
    const web = new WebServer(stage, feed);
    await new Promise<void>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) =>
        reject(error.code === "EADDRINUSE" ? new Error(`Port ${port} is taken. Choose another: PORT=0 takes any.`) : error);
      web.#server.once("error", failed).listen(port, "127.0.0.1", resolve);
    });
    return web;
  }

  private constructor(stage: Stage, feed: ChangeFeed) {
    this.#stage = stage;
    this.#feed = feed;
    this.#actions = actionsOf(stage);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (!response.headersSent) json(response, 500, { refused: error instanceof Error ? error.message : String(error) });
        else response.destroy();
      });
    });
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", this.address);
    // A name that resolves to this machine, on somebody's page, must not reach the desk.
    if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? "")) return json(response, 403, { refused: "not from here" });
    if (request.method === "POST") return this.#act(pathname, request, response);
    if (pathname === "/api/events") return this.#follow(response);
    if (pathname === "/api/state") return json(response, 200, this.#state());
    if (pathname.startsWith("/picture/")) return this.#show(pathname, response);
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    if (!PAGE_FILES.includes(name)) return json(response, 404, { refused: `There is no ${pathname}.` });
    const content = await readFile(new URL(`page/${name}`, import.meta.url));
    response.writeHead(200, { ...HEADERS, "content-type": `${TYPES[name.split(".").at(-1) ?? ""]}; charset=utf-8` }).end(content);
  }

  async #show(pathname: string, response: ServerResponse): Promise<void> {
    const [, , side, id = "", index] = pathname.split("/");
    const { discord, telegram } = this.#stage;
    try {
      const bytes = side === "discord" ? await discord.picture(id, Number(index)) : telegram.picture(id);
      response.writeHead(200, { ...HEADERS, "content-type": "image/png" }).end(bytes);
    } catch (error) {
      json(response, 404, { refused: refusalText(error) });
    }
  }

  #state() {
    const { discord, telegram } = this.#stage;
    return {
      desk: this.#stage.deskState(),
      commands: this.#stage.commands().map(({ path, description }) => ({ path, description })),
      menu: telegram.menu(),
      discord: discord.messages(),
      telegram: telegram.messages(),
    };
  }

  /** The whole state first, then every change. A page that comes back begins anew. */
  #follow(response: ServerResponse): void {
    response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
    const tell = (fact: object) => response.write(`data: ${JSON.stringify(fact)}\n\n`);
    tell({ kind: "all", ...this.#state() });
    response.once("close", this.#feed.listen(tell));
  }

  async #act(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = this.#actions.get(pathname);
    if (!action) return json(response, 404, { refused: `There is no ${pathname}.` });
    // A form of another page cannot send this type without asking first.
    if (request.headers["content-type"] !== "application/json") return json(response, 415, { refused: "Send JSON." });
    try {
      json(response, 200, (await action(await bodyOf(request))) ?? {});
    } catch (error) {
      // What the app would not let a person do is news for that person, not a fault of the page.
      json(response, 409, { refused: error instanceof z.ZodError ? "The request has the wrong shape." : refusalText(error) });
    }
  }
}

function actionsOf(stage: Stage): Map<string, Action> {
  const { discord, telegram } = stage;
  const text = z.string().min(1);
  const press = z.object({ messageId: text, key: text });
  const taking =
    <T>(schema: ZodType<T>, run: (body: T) => unknown): Action =>
    async (body) =>
      await run(schema.parse(body));
  return new Map([
    ["/api/claim", taking(z.object({}), () => stage.claim())],
    ["/api/discord/slash", taking(z.object({ line: text }), ({ line }) => discord.slash(line))],
    ["/api/discord/complete", taking(z.object({ line: z.string() }), ({ line }) => discord.complete(line))],
    ["/api/discord/press", taking(press, async ({ messageId, key }) => ({ form: await discord.press(messageId, key) }))],
    [
      "/api/discord/submit",
      taking(z.object({ formId: text, values: z.record(text, z.string()) }), ({ formId, values }) => discord.submit(formId, values)),
    ],
    ["/api/telegram/say", taking(z.object({ text }), (body) => telegram.say(body.text))],
    ["/api/telegram/press", taking(press, ({ messageId, key }) => telegram.press(messageId, key))],
  ]);
}

function refusalText(error: unknown): string {
  if (error instanceof Refused || error instanceof Error) return error.message.split("\n")[0] ?? "";
  return String(error);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...HEADERS, "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MAX_BYTES) throw new Refused("That is too long.");
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
}
