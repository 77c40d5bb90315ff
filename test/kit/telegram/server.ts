import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiFailure, badRequest, tooLarge } from "./api-failure.ts";
import type { Fault } from "./faults.ts";
import { type FormParts, parseMultipart } from "./multipart.ts";
import { type Answer, failureAnswer, type Service } from "./service.ts";
import type { World } from "./world.ts";

const BODY_MAX_BYTES = 60 * 1024 * 1024;
type Request = { method: string; args: Record<string, unknown>; files: FormParts["files"] };

/** The wire: `POST /bot<token>/<method>` and `GET /file/bot<token>/<path>` on 127.0.0.1. */
export class ApiServer {
  private readonly http: Server;
  private readonly service: Service;
  private readonly world: World;
  private readonly token: string;

  constructor(service: Service, world: World, token: string) {
    this.service = service;
    this.world = world;
    this.token = token;
    this.http = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        // A client that left while it was read is weather, not a fault of the counterpart.
        if (request.socket.destroyed) return;
        service.violations.push(`the counterpart itself broke: ${String(error)}`);
        response.destroy();
      });
    });
  }

  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.http.once("error", reject);
      this.http.listen(port, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  closeAllConnections(): void {
    this.http.closeAllConnections();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, isFile, token, rest = ""] = /^\/(file\/)?bot([^/]+)\/(?:test\/)?(.+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    if (token === undefined) return send(response, failureAnswer(new ApiFailure(404, "Not Found")));
    if (token !== this.token) return send(response, failureAnswer(new ApiFailure(401, "Unauthorized")));
    if (isFile) return this.download(rest, response);
    const body = await readBody(request);
    if (!body) return send(response, failureAnswer(tooLarge()));
    const method = this.service.canonicalName(rest);
    if (!method) {
      this.service.violations.push(`there is no method ${rest}`);
      return send(response, failureAnswer(new ApiFailure(404, "Not Found")));
    }
    const read = this.read(method, request, url, body);
    if (!read) return send(response, failureAnswer(badRequest("can't parse the request body")));
    await this.call(read, response);
  }

  private async call({ method, args, files }: Request, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const perform = () => this.service.perform(method, args, { files, gone: gone.signal });
    const fault = this.service.takeFault(method, args);
    if (!fault) return send(response, await perform());
    if (("hang" in fault && fault.hang === "after") || ("destroy" in fault && fault.destroy === "after")) await perform();
    this.service.log(method, args, struck(fault, response));
  }

  private read(method: string, request: IncomingMessage, url: URL, body: Buffer): Request | undefined {
    const contentType = request.headers["content-type"] ?? "";
    if (contentType.startsWith("application/json")) {
      const args = parsedObject(body.toString("utf8") || "{}");
      return args && { method, args, files: new Map() };
    }
    const multipart = contentType.startsWith("multipart/form-data");
    const form = multipart ? parseMultipart(body, contentType) : { fields: {}, files: new Map() };
    const encoded = contentType.startsWith("application/x-www-form-urlencoded") ? body.toString("utf8") : "";
    const fields = { ...Object.fromEntries(url.searchParams), ...Object.fromEntries(new URLSearchParams(encoded)), ...form.fields };
    // A file may also be sent under the name of its parameter, without `attach://`.
    for (const name of form.files.keys()) {
      if (!Object.values(fields).some((value) => value.includes(`attach://${name}`))) fields[name] = `attach://${name}`;
    }
    return { method, args: this.service.types.fromFormFields(method, fields), files: form.files };
  }

  private download(path: string, response: ServerResponse): void {
    const file = [...this.world.files.values()].find((stored) => stored.path === path);
    if (!file) send(response, failureAnswer(new ApiFailure(404, "Not Found")));
    else response.writeHead(200, { "content-type": "application/octet-stream", "content-length": file.bytes.length }).end(file.bytes);
  }
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns what the client got instead of the truth; status 0 is no answer at all. */
function struck(fault: Fault, response: ServerResponse): Answer {
  if ("hang" in fault) return { status: 0, body: { description: "left hanging" } };
  if ("destroy" in fault) {
    response.socket?.destroy();
    return { status: 0, body: { description: "cut off" } };
  }
  if ("html" in fault) {
    response.writeHead(fault.html, { "content-type": "text/html" });
    response.end("<html><body><h1>Bad Gateway</h1></body></html>");
    return { status: fault.html, body: { description: "an HTML page" } };
  }
  const answer = failureAnswer({ code: fault.status, message: fault.description, parameters: fault.parameters });
  send(response, answer);
  return answer;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_MAX_BYTES) chunks.push(chunk);
  }
  return size <= BODY_MAX_BYTES ? Buffer.concat(chunks) : undefined;
}
