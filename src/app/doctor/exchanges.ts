import { z } from "zod";
import { LIVE_HOSTS } from "../../venues/ccxt/hosts.ts";
import { apiUrlsOf } from "../plugs.ts";
import { type Answered, ask, type Skew } from "./asking.ts";
import { type Finding, fail, type Look, ok, warn } from "./finding.ts";

/** What tells the time, or at least answers, without a key. */
const QUESTIONS: Readonly<Record<string, string>> = {
  binance: "/api/v3/time",
  binanceus: "/api/v3/time",
  blofin: "/api/v1/market/tickers?instId=BTC-USDT",
};
const SILENCE: ReadonlySet<number> = new Set([403, 418, 429]);
const NOT_HERE = 451;

const timeBody = z.object({ serverTime: z.number() });

/** Whether exchanges answer from here, and what their clocks say. */
export async function exchangeFindings(
  look: Look,
  ids: readonly string[],
): Promise<{ findings: readonly Finding[]; skews: readonly Skew[] }> {
  const asked = await Promise.all([...new Set(ids)].map((id) => exchangeFinding(look, id)));
  return { findings: asked.map(({ finding }) => finding), skews: asked.flatMap(({ skew }) => skew ?? []) };
}

async function exchangeFinding({ config, clock }: Look, id: string): Promise<{ finding: Finding; skew?: Skew | undefined }> {
  const { market, exchangeApiUrl } = config;
  const host = LIVE_HOSTS[id];
  const question = QUESTIONS[id];
  const counterpart = (market.kind === "exchange" && market.id === id ? exchangeApiUrl : undefined) ?? apiUrlsOf(config)[id];
  const base = counterpart ?? (host === undefined ? undefined : `https://${host}`);
  if (base === undefined || question === undefined)
    return { finding: warn(id, "no address of it is known here, so it was not asked", "Start the desk and look at `system health`.") };
  const answered = await ask({ clock, url: base + question });
  const at = counterpart === undefined ? new URL(base).host : `the counterpart at ${new URL(base).host}`;
  if ("reason" in answered)
    return { finding: fail(id, `${at} does not answer: ${answered.reason}`, "Check this machine's network, its DNS and any firewall.") };
  return { finding: findingOf(id, at, answered), skew: skewOf(answered) };
}

function findingOf(id: string, at: string, { status, body, roundTripMs }: Answered): Finding {
  if (status === 200 && jsonIn(body) === undefined)
    return fail(
      id,
      `something else answers in the place of ${at}`,
      "Look for a proxy or a login page between this machine and the network.",
    );
  if (status === 200) return ok(id, `${at} answers in ${Math.round(roundTripMs)} ms`);
  if (status === NOT_HERE)
    return fail(id, `${at} does not serve the place that this machine is in (HTTP 451)`, "Use an exchange that serves your country.");
  if (SILENCE.has(status))
    return warn(
      id,
      `${at} sends this address away for now (HTTP ${status})`,
      "Wait an hour, and find what else uses this address. A desk keeps silent by itself.",
    );
  return warn(id, `${at} answers with HTTP ${status}`, "Look at the exchange's status page; a desk tries again by itself.");
}

/** The time that the exchange tells is exact; that of its answer is of a whole second. */
function skewOf({ status, body, skew, skewBy }: Answered): Skew | undefined {
  if (status !== 200) return undefined;
  const told = timeBody.safeParse(jsonIn(body)).data;
  return told ? skewBy(told.serverTime) : skew;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
