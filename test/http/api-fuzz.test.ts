import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { ADMIN } from "../chat/door.ts";
import { ApiRig } from "./api/rig.ts";

/** As much of the description as the fuzzer reads. */
const description = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z.array(z.object({ name: z.string(), in: z.string() })).optional(),
        requestBody: z
          .object({
            content: z.object({
              "application/json": z.object({ schema: z.object({ properties: z.record(z.string(), z.unknown()).optional() }) }),
            }),
          })
          .optional(),
        responses: z.record(z.string(), z.unknown()),
      }),
    ),
  ),
});

let api: ApiRig;
let routes: { readonly method: "GET" | "POST"; readonly url: string; readonly query: string[]; readonly fields: string[] }[];

beforeAll(async () => {
  api = await ApiRig.open();
  await api.app.ready();
  const { paths } = description.parse(api.app.swagger());
  routes = Object.entries(paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method === "get" ? ("GET" as const) : ("POST" as const),
      url,
      query: parameters.filter((each) => each.in === "query").map(({ name }) => name),
      fields: Object.keys(requestBody?.content["application/json"].schema.properties ?? {}),
    })),
  );
});

const nasty = fc.oneof(
  fc.constantFrom(
    "",
    "../../etc/passwd",
    "'; drop table bots;--",
    "\u0000\u202e",
    "%00",
    "1e999",
    "-1",
    "BTC/USDT",
    "9".repeat(400),
    "x".repeat(600),
    "yes",
    "all",
  ),
  fc.string({ maxLength: 40 }),
);
const anything = fc.oneof(
  nasty,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(nasty, { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 5 }), fc.integer(), { maxKeys: 3 }),
);

/** What each route is asked: right names with wrong values, wrong names, and no object at all. */
function bodyFor(fields: readonly string[]): fc.Arbitrary<unknown> {
  const named = fc.dictionary(fields.length > 0 ? fc.constantFrom(...fields) : fc.string({ maxLength: 5 }), anything, { maxKeys: 5 });
  return fc.oneof({ weight: 4, arbitrary: named }, { weight: 1, arbitrary: anything });
}

test.each([
  { role: "viewer", runs: 4, allowed: [200, 202, 400, 403, 404, 422] },
  { role: "admin", runs: 5, allowed: [200, 201, 202, 400, 404, 409, 422] },
] as const)(
  "every route answers anything of a $role with a status of its description and a sentence, and the desk goes on",
  async (who) => {
    expect(routes.length).toBeGreaterThan(60);
    const api = await ApiRig.open();
    const token = await api.token("fuzz", who.role);
    const statuses = new Set<number>();
    for (const { method, url, query, fields } of routes) {
      const asked = fc.record({
        part: nasty,
        query: fc.dictionary(fc.constantFrom(...query, "more"), nasty, { maxKeys: 3 }),
        body: bodyFor(fields),
      });
      for (const { part, query: wish, body } of fc.sample(asked, { numRuns: who.runs, seed: 7 })) {
        const to =
          url.replaceAll(/\{\w+\}/g, encodeURIComponent(part.slice(0, 90))) +
          (Object.keys(wish).length > 0 ? `?${new URLSearchParams(wish)}` : "");
        const answer = await api.ask(method, to, { token, ...(method === "POST" ? { body } : {}) });
        statuses.add(answer.status);
        expect(who.allowed, `${method} ${to} ${JSON.stringify(body)}: ${answer.text}`).toContain(answer.status);
        if (answer.status >= 400) expect(String(answer.body.error ?? answer.body.title).length, answer.text).toBeGreaterThan(10);
        expect(answer.text).not.toContain(token);
      }
      // The minute of the rate limit is over.
      await api.desk.clock.advance(60_000);
    }
    expect([...statuses].sort()).toEqual(expect.arrayContaining(who.role === "viewer" ? [200, 400, 403, 422] : [200, 202, 400, 422]));
    if (who.role === "viewer") expect(api.desk.engine.effects).toEqual([]);
    expect(api.desk.log.filter(({ level }) => level === "error")).toEqual([]);
    expect(JSON.stringify(api.desk.log)).not.toContain(token);
  },
);

test("every route refuses a token that expired, was revoked or never was, in a sentence, before it reads a body", async () => {
  const api = await ApiRig.open();
  const [expired, revoked] = [await api.token("short", "admin", ADMIN, "1h"), await api.token("gone", "admin")];
  await api.desk.type("access revoke user:api:gone");
  api.desk.clock.stepWall(3_600_000);
  const effects = api.desk.ledger.events.length;
  for (const { method, url } of routes) {
    for (const [token, why] of [
      [expired, "This token has expired."],
      [revoked, "This token is not known here."],
      ["ss-api-guess", "This token is not known here."],
    ] as const) {
      const answer = await api.ask(method, url.replaceAll(/\{\w+\}/g, "BTC-USDT"), {
        token,
        ...(method === "POST" ? { body: "{not json" } : {}),
      });
      expect([answer.status, answer.body.error], url).toEqual([401, `${why} An admin makes one in chat with \`access token\`.`]);
    }
    // Who guesses is counted by the minute.
    await api.desk.clock.advance(60_000);
  }
  expect(api.desk.ledger.events.length).toBe(effects);
});

test("no route that is not health answers without a token", async () => {
  for (const { method, url } of routes) {
    const answer = await api.ask(method, url.replaceAll(/\{\w+\}/g, "BTC-USDT"), method === "POST" ? { body: {} } : {});
    expect(answer.status, url).toBe(url.startsWith("/api/health") ? 200 : 401);
  }
});
