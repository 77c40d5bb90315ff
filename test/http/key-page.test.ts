import { once } from "node:events";
import { request as send } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openKeyPages } from "../../src/http/key-page.ts";
import type { SecretValues } from "../../src/ports/secret-form.ts";
import { systemChance } from "../../src/system/chance.ts";
import { canariesIn, canary } from "../kit/canary/canary.ts";
import { isReachable, quietLogger } from "./kit.ts";

const FORM = {
  title: "Keys of <Blofin> & co",
  fields: [
    { name: "apiKey", label: "API key" },
    { name: "secret", label: 'Secret "key"' },
  ],
};

let over: AbortController;
let url: URL;
let values: Promise<SecretValues>;

beforeEach(async () => {
  over = new AbortController();
  const pages = openKeyPages({ port: 0, chance: systemChance(), logger: quietLogger });
  const opened = await pages.open(FORM, over.signal);
  url = new URL(opened.url);
  values = opened.values;
});

afterEach(() => over.abort());

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A request with exactly these headers, as no browser would let a page send them. */
async function ask({ method = "GET", path = url.pathname, headers = {}, body = "" }: Ask = {}) {
  const asked = send({ host: url.hostname, port: url.port, method, path, headers: { Host: url.host, ...headers } });
  asked.end(body);
  const [response] = await once(asked, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode as number, headers: response.headers as Record<string, string>, text };
}

async function formToken(): Promise<string> {
  const [, token = ""] = /name="form-token" value="(\w+)"/.exec((await ask()).text) ?? [];
  return token;
}

const KEY = canary("page key");
const SECRET = `${canary("page secret")} 2&=`;
const FORM_TYPE = { "Content-Type": "application/x-www-form-urlencoded" };

function post(fields: Record<string, string>, headers: Record<string, string> = {}) {
  return ask({ method: "POST", headers: { ...FORM_TYPE, ...headers }, body: new URLSearchParams(fields).toString() });
}

describe("the page for keys", () => {
  test("shows its form on the loopback address and hands in what was typed, as secrets, once", async () => {
    expect(url.hostname).toBe("127.0.0.1");
    expect(url.pathname).toMatch(/^\/[a-z0-9]{40}$/);
    const token = await formToken();
    const done = await post({ "form-token": token, apiKey: ` ${KEY} `, secret: SECRET });
    expect(done.status).toBe(200);
    const entered = await values;
    expect([entered.apiKey?.reveal(), entered.secret?.reveal()]).toEqual([KEY, SECRET]);
    expect(canariesIn(Buffer.from(JSON.stringify(entered) + done.text))).toEqual([]);
    await expect(post({ "form-token": token, apiKey: "other", secret: "other" })).rejects.toThrow();
  });

  test("escapes what the form says and tells browsers to load, run, frame and keep nothing", async () => {
    const { text, headers } = await ask();
    expect(text).toContain("Keys of &lt;Blofin&gt; &amp; co");
    expect(text).toContain("Secret &quot;key&quot;");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none';.*form-action 'self'; frame-ancestors 'none'/);
    expect(headers).toMatchObject({ "x-frame-options": "DENY", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff" });
    expect(text).not.toMatch(/<script|https?:/);
  });

  test("is not found under any other path", async () => {
    for (const path of ["/", `${url.pathname}x`, url.pathname.slice(0, -1), `${url.pathname}?a=b`, "/favicon.ico", "//evil.test/"]) {
      expect((await ask({ path })).status, path).toBe(404);
    }
  });

  test("refuses a host that is not this machine, and a form of another site", async () => {
    for (const host of ["evil.test", `evil.test:${url.port}`, "127.0.0.1.evil.test"]) {
      expect([400, 403], host).toContain((await ask({ headers: { Host: host } })).status);
    }
    const fields = { "form-token": await formToken(), apiKey: "a", secret: "b" };
    expect((await post(fields, { Origin: "https://evil.test" })).status).toBe(403);
    expect((await post({ ...fields, "form-token": "x".repeat(40) })).status).toBe(403);
    expect((await post({ apiKey: "a", secret: "b" })).status).toBe(403);
    expect((await post(fields, { "Content-Type": "text/plain" })).status).toBe(415);
    expect((await ask({ method: "PUT" })).status).toBe(405);
    expect((await post(fields, { Origin: url.origin })).status).toBe(200);
  });

  test("asks again for what was left empty, without repeating the rest", async () => {
    const again = await post({ "form-token": await formToken(), apiKey: KEY, secret: " " });
    expect(again.status).toBe(422);
    expect(again.text).toContain("(missing)");
    expect(again.text).not.toContain(KEY);
    expect((await post({ "form-token": await formToken(), apiKey: KEY, secret: SECRET })).status).toBe(200);
  });

  test("takes no more than a form can hold, said or sent", async () => {
    const large = "x".repeat(16_385);
    expect((await post({ secret: large })).status).toBe(413);
    const chunked = await ask({ method: "POST", headers: { ...FORM_TYPE, "Transfer-Encoding": "chunked" }, body: large });
    expect(chunked.status).toBe(413);
  });

  test("of two submissions at the same time takes one", async () => {
    const token = await formToken();
    const results = await Promise.allSettled(["a", "b"].map((apiKey) => post({ "form-token": token, apiKey, secret: "s" })));
    const taken = results.filter((result) => result.status === "fulfilled" && result.value.status === 200);
    expect(taken).toHaveLength(1);
  });

  test("is gone with its form, also for who is connected", async () => {
    const idle = connect(Number(url.port), url.hostname);
    await once(idle, "connect");
    const closed = once(idle, "close");
    over.abort();
    await closed;
    expect(await isReachable(url)).toBe(false);
  });

  test("has a place of its own for each form", async () => {
    const pages = openKeyPages({ port: 0, chance: systemChance(), logger: quietLogger });
    const second = new AbortController();
    const other = new URL((await pages.open(FORM, second.signal)).url);
    expect(other.pathname).not.toBe(url.pathname);
    expect((await ask({ path: other.pathname })).status).toBe(404);
    second.abort();
    expect(await isReachable(url)).toBe(true);
  });

  test("is not opened for a form that is over", async () => {
    const pages = openKeyPages({ port: 0, chance: systemChance(), logger: quietLogger });
    await expect(pages.open(FORM, AbortSignal.abort())).rejects.toThrow();
    await expect(
      openKeyPages({ port: Number(url.port), chance: systemChance(), logger: quietLogger }).open(FORM, over.signal),
    ).rejects.toThrow("EADDRINUSE");
  });
});
