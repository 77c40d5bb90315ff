import { createServer } from "node:net";
import { messageOf } from "../../domain/errors.ts";
import { ask } from "./asking.ts";
import { type Finding, fail, type Look, ok, warn } from "./finding.ts";

const ABOUT = "api";
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1"]);
/** What a process says of itself. */
const SAID: Readonly<Record<string, string>> = {
  up: "up",
  down: "down, `system health` says why",
  waiting: "it waits while another process has the desk",
};
const ANYWHERE: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** The address of the HTTP API: free for a desk, or a desk's already. */
export async function apiFindings({ config, clock }: Look): Promise<readonly Finding[]> {
  const { httpAddress } = config;
  if (httpAddress === undefined) return [];
  const { host, port } = httpAddress;
  const reached = ANYWHERE.has(host) ? "127.0.0.1" : host;
  const problem = await listens(host, port);
  const open = LOOPBACK.has(host)
    ? []
    : [
        warn(
          ABOUT,
          `${host}:${port} can be reached by others, in plain HTTP`,
          "Put a proxy that speaks TLS before it, and let nothing else through.",
        ),
      ];
  if (problem === undefined) return [ok(ABOUT, `${host}:${port} is free for it`), ...open];
  const answered = await ask({ clock, url: `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}/api/health` });
  const [, status] = "reason" in answered ? [] : (/^\{"status":"(up|down|waiting)"/.exec(answered.body) ?? []);
  if (status !== undefined) return [ok(ABOUT, `a desk answers at ${host}:${port}: ${SAID[status]}`), ...open];
  return [
    fail(ABOUT, `nothing can listen at ${host}:${port}: ${problem}`, "Choose another port in HTTP_ADDRESS, or end what listens there."),
    ...open,
  ];
}

/** Why nothing can listen there; undefined where it can. */
function listens(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error) => resolve(messageOf(error)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
