import { z } from "zod";
import { type Answered, ask, type Skew } from "./asking.ts";
import { type Finding, fail, type Look, ok, warn } from "./finding.ts";

const TELEGRAM_REFUSALS: ReadonlySet<number> = new Set([401, 404]);
const UNAUTHORIZED = 401;

const discordUser = z.object({ username: z.string() });
const telegramUser = z.object({ result: z.object({ username: z.string() }) });

interface Looked {
  readonly findings: readonly Finding[];
  readonly skews: readonly Skew[];
}

/** Whether the tokens of chat platforms are taken. Without one a platform stays off, and that is well. */
export async function chatFindings(look: Look): Promise<Looked> {
  const looked = await Promise.all([discord(look), telegram(look)]);
  const { discordToken, telegramToken, ownerIds } = look.config;
  const isRemote = discordToken !== undefined || telegramToken !== undefined;
  const chats = isRemote ? [] : [ok("chats", "no token is set: the terminal is the only chat")];
  const owner =
    isRemote && ownerIds === undefined ? [ok("owner", "OWNER_IDS is not set: the first start prints a code that claims the desk")] : [];
  return {
    findings: [...chats, ...looked.flatMap(({ finding }) => finding ?? []), ...owner],
    skews: looked.flatMap(({ skew }) => skew ?? []),
  };
}

interface Platform {
  readonly finding?: Finding;
  readonly skew?: Skew | undefined;
}

async function discord({ config, clock }: Look): Promise<Platform> {
  const { discordToken, discordApiUrl } = config;
  if (discordToken === undefined) return {};
  const headers = { authorization: `Bot ${discordToken.reveal()}` };
  const answered = await ask({ clock, url: `${discordApiUrl}/v10/users/@me`, headers });
  if ("reason" in answered) return { finding: unreachable("discord", answered.reason) };
  const { status, skew } = answered;
  if (status === UNAUTHORIZED)
    return {
      finding: fail(
        "discord",
        "Discord refuses the token",
        "Copy the whole token anew from the Bot page of the developer portal into DISCORD_TOKEN.",
      ),
      skew,
    };
  return { finding: taken("discord", answered, discordUser.safeParse(jsonIn(answered.body)).data?.username), skew };
}

async function telegram({ config, clock }: Look): Promise<Platform> {
  const { telegramToken, telegramApiUrl } = config;
  if (telegramToken === undefined) return {};
  const answered = await ask({ clock, url: `${telegramApiUrl}/bot${telegramToken.reveal()}/getMe` });
  if ("reason" in answered) return { finding: unreachable("telegram", answered.reason) };
  const { status, skew } = answered;
  if (TELEGRAM_REFUSALS.has(status))
    return {
      finding: fail("telegram", "Telegram refuses the token", "Ask @BotFather for the token (/mybots) and put it into TELEGRAM_TOKEN."),
      skew,
    };
  return { finding: taken("telegram", answered, telegramUser.safeParse(jsonIn(answered.body)).data?.result.username), skew };
}

function taken(about: string, { status, roundTripMs }: Answered, name: string | undefined): Finding {
  if (status === 200 && name !== undefined) return ok(about, `the token is that of ${name}; answered in ${Math.round(roundTripMs)} ms`);
  return warn(about, `it answers with HTTP ${status}, so that the token could not be tried`, "Try again later; a desk does so by itself.");
}

function unreachable(about: string, reason: string): Finding {
  return fail(about, `it does not answer: ${reason}`, "Check this machine's network, its DNS and any firewall.");
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
