import type { z } from "zod";
import * as parse from "./parsers.ts";
import { type Setting, setting } from "./setting.ts";
import { storeSettings } from "./store-settings.ts";

/** Stands in the documentation and opens nothing: the vault refuses it. */
export const EXAMPLE_KEY = "bWFrZS15b3VyLW93bi1rZXktdGhpcy1pcy1wdWJsaWM=";

const LOCAL_ONLY = "Use https, or http with localhost or 127.0.0.1.";
const COUNTERPART = "Use an address of this machine, such as http://127.0.0.1:9090, or leave it out to reach the exchange itself.";
const PORT_MAX = 65_535;

export const settings = {
  ...storeSettings,
  market: setting({
    name: "MARKET",
    default: "simulated",
    description: "Where prices come from: `simulated`, `simulated:SEED`, `replay:FILE` or `exchange:ID` (a ccxt id)",
    example: "exchange:binance",
    parser: parse.market,
    remedy: "Write simulated, simulated:7, replay:candles.csv.gz or exchange:binance.",
  }),
  marketSpeed: setting({
    name: "MARKET_SPEED",
    default: "60",
    description: "How fast a simulated or replayed market runs: times real time (1 to 3600), `max`, or `script` (only when a script waits)",
    example: "1",
    parser: parse.marketSpeed,
    remedy: "Write 1 for real time, 60 for a minute each second, max or script.",
  }),
  paperBalance: setting({
    name: "PAPER_BALANCE",
    default: "10000 USDT",
    description: "What a new paper account holds; several are separated by commas",
    example: "10000 USDT, 0.5 BTC",
    parser: parse.balances,
    remedy: "Write amounts with their currency, such as 10000 USDT, 0.5 BTC.",
  }),
  reportCurrency: setting({
    name: "REPORT_CURRENCY",
    default: "USDT",
    description:
      "What money of several currencies is counted in: sums, limits and losses over accounts that hold different ones. Only equal currencies count one to one",
    example: "EUR",
    parser: parse.currency,
    remedy: "Write one currency in capital letters, such as USDT, USD, USDC, EUR or BTC.",
  }),
  discordToken: setting({
    name: "DISCORD_TOKEN",
    default: undefined,
    description: "Bot token of the Discord application; Discord comes up when it is set",
    example: "your-discord-bot-token",
    parser: parse.secret,
    remedy: "Copy the whole token from the Bot page of the Discord developer portal.",
    secret: true,
  }),
  discordApiUrl: setting({
    name: "DISCORD_API_URL",
    default: "https://discord.com/api",
    description: "Address of Discord's API; plain http only on this machine",
    example: "http://127.0.0.1:8080/api",
    parser: parse.apiUrl,
    remedy: LOCAL_ONLY,
  }),
  telegramToken: setting({
    name: "TELEGRAM_TOKEN",
    default: undefined,
    description: "Bot token from @BotFather; Telegram comes up when it is set",
    example: "123456789:your-telegram-bot-token",
    parser: parse.telegramToken,
    remedy: "Copy the whole token from @BotFather, with the digits and the colon.",
    secret: true,
  }),
  telegramApiUrl: setting({
    name: "TELEGRAM_API_URL",
    default: "https://api.telegram.org",
    description: "Address of Telegram's API; plain http only on this machine",
    example: "http://127.0.0.1:8081",
    parser: parse.apiUrl,
    remedy: LOCAL_ONLY,
  }),
  ownerIds: setting({
    name: "OWNER_IDS",
    default: undefined,
    description: "People who own the desk from the start, by platform and immutable user id",
    example: "discord:123456789012345678,telegram:123456789",
    parser: parse.ownerIds,
    remedy: "Write ids, not names, such as discord:123456789012345678,telegram:123456789.",
  }),
  timezone: setting({
    name: "TIMEZONE",
    default: "UTC",
    description: "Time zone of digests and quiet hours, as in the IANA list",
    example: "Europe/Berlin",
    parser: parse.timeZone,
    remedy: "Write a name such as Europe/Berlin, America/New_York or UTC.",
  }),
  heartbeatUrl: setting({
    name: "HEARTBEAT_URL",
    default: undefined,
    description: "Address that is called from time to time, so that an outside monitor notices when the desk is gone",
    example: "https://monitor.example/ping/your-check",
    parser: parse.heartbeatUrl,
    remedy: LOCAL_ONLY,
    secret: true,
  }),
  logLevel: setting({
    name: "LOG_LEVEL",
    default: "info",
    description: "Least important messages that are logged: `debug`, `info`, `warn`, `error` or `silent`",
    example: "debug",
    parser: parse.oneOf(["debug", "info", "warn", "error", "silent"]),
    remedy: "Write debug, info, warn, error or silent.",
  }),
  logFile: setting({
    name: "LOG_FILE",
    default: "data/scalpstorm.log",
    description: "Where the log goes while a person is at the terminal; otherwise it goes to stderr",
    example: "/var/log/scalpstorm.log",
    parser: parse.text,
    remedy: "Name a file.",
  }),
  dailyLossLimitPct: setting({
    name: "DAILY_LOSS_LIMIT",
    default: "10%",
    description: "Loss that stops an account's entries for the day, in percent of the equity that the day began with",
    example: "5%",
    parser: parse.percent,
    remedy: "Write a percentage such as 5%.",
  }),
  positionCapPct: setting({
    name: "POSITION_CAP",
    default: "50%",
    description: "Largest notional of one position, in percent of the account's equity",
    example: "25%",
    parser: parse.percent,
    remedy: "Write a percentage such as 25%.",
  }),
  safeAfterCrashes: setting({
    name: "SAFE_AFTER_CRASHES",
    default: "3",
    description: "Crashes within 10 minutes after which the desk starts safe, without entries; 0 means never",
    example: "5",
    parser: parse.wholeNumber(0, 100),
    remedy: "Write a whole number such as 3, or 0 to switch it off.",
  }),
  panicFile: setting({
    name: "PANIC_FILE",
    default: "data/PANIC",
    description: "Creating this file is the same as the command `panic`",
    example: "/run/scalpstorm/PANIC",
    parser: parse.text,
    remedy: "Name a file.",
  }),
  exchangeApiUrl: setting({
    name: "EXCHANGE_API_URL",
    default: undefined,
    description: "Address of a local counterpart of the exchange, for `MARKET=exchange:ID`; on this machine only",
    example: "http://127.0.0.1:9090",
    parser: parse.loopbackUrl,
    remedy: "Use an address of this machine, such as http://127.0.0.1:9090, or leave it out.",
  }),
  liveCeiling: setting({
    name: "LIVE_CEILING",
    default: undefined,
    description:
      "The most that all live accounts together may hold at risk; without it nothing is traded live. Chat can lower it, never raise it",
    example: "100 USDT",
    parser: parse.money,
    remedy: "Write an amount with its currency, such as 100 USDT, or leave it out to trade on paper and demo only.",
  }),
  keyEncryptionKey: setting({
    name: "KEY_ENCRYPTION_KEY",
    default: undefined,
    description: "Key that the keys of exchanges are encrypted under: 32 bytes in base64 or hex, as `openssl rand -base64 32` makes them",
    example: EXAMPLE_KEY,
    parser: parse.encryptionKey,
    remedy: "Make one with `openssl rand -base64 32`, or leave it out to use KEY_FILE.",
    secret: true,
  }),
  keyEncryptionKeyPrevious: setting({
    name: "KEY_ENCRYPTION_KEY_PREVIOUS",
    default: undefined,
    description: "The key before KEY_ENCRYPTION_KEY, while `npm start -- --rotate-keys` has not run",
    example: EXAMPLE_KEY,
    parser: parse.encryptionKey,
    remedy: "Write the whole former key, or leave it out.",
    secret: true,
  }),
  keyPassphrase: setting({
    name: "KEY_PASSPHRASE",
    default: undefined,
    description: "Words that the key is made from when KEY_ENCRYPTION_KEY is not set; at least 12 characters, better six words",
    example: "six words that nobody else knows",
    parser: parse.passphrase,
    remedy: "Use at least 12 characters, better six words, or leave it out to use KEY_FILE.",
    secret: true,
  }),
  keyFile: setting({
    name: "KEY_FILE",
    default: "data/keys/desk.key",
    description:
      "Where the key is kept when neither KEY_ENCRYPTION_KEY nor KEY_PASSPHRASE is set; made on first use. Back it up: without it no key of an exchange can be opened",
    example: "/var/lib/scalpstorm/keys/desk.key",
    parser: parse.text,
    remedy: "Name a file.",
  }),
  keyPagePort: setting({
    name: "KEY_PAGE_PORT",
    default: "0",
    description: "Port of the one-time page on this machine in which keys are typed; 0 takes any free one",
    example: "8790",
    parser: parse.wholeNumber(0, PORT_MAX),
    remedy: `Write a whole number from 0 to ${PORT_MAX}.`,
  }),
  httpAddress: setting({
    name: "HTTP_ADDRESS",
    default: undefined,
    description:
      "Where the HTTP API listens, of an engine its health and metrics: `PORT` for this machine only, or `HOST:PORT`, in plain HTTP; off when not set",
    example: "127.0.0.1:8780",
    parser: parse.address,
    remedy: "Write a port such as 8780, or an address such as 0.0.0.0:8780, or leave it out to switch the API off.",
  }),
  binanceApiUrl: setting({
    name: "BINANCE_API_URL",
    default: undefined,
    description: "Address of a local counterpart of Binance, for accounts there; plain http on this machine only",
    example: "http://127.0.0.1:9090",
    parser: parse.counterpartUrl,
    remedy: COUNTERPART,
  }),
  binanceusApiUrl: setting({
    name: "BINANCEUS_API_URL",
    default: undefined,
    description: "Address of a local counterpart of Binance.US, for accounts there; plain http on this machine only",
    example: "http://127.0.0.1:9091",
    parser: parse.counterpartUrl,
    remedy: COUNTERPART,
  }),
  blofinApiUrl: setting({
    name: "BLOFIN_API_URL",
    default: undefined,
    description: "Address of a local counterpart of Blofin, for accounts there; plain http on this machine only",
    example: "http://127.0.0.1:9092",
    parser: parse.counterpartUrl,
    remedy: COUNTERPART,
  }),
  shenronUrl: setting({
    name: "SHENRON_URL",
    default: undefined,
    description:
      "Address of a SHENRON service, which is told what happens on the desk and may advise; plain http on this machine only. It can come from nowhere but here",
    example: "http://127.0.0.1:8791",
    parser: parse.apiUrl,
    remedy: LOCAL_ONLY,
  }),
  shenronKey: setting({
    name: "SHENRON_KEY",
    default: undefined,
    description:
      "Key that requests to SHENRON are signed with, the same on both sides: at least 32 characters, as `openssl rand -hex 32` makes them",
    example: "the-same-long-key-as-on-the-other-side",
    parser: parse.signingKey,
    remedy: "Make one with `openssl rand -hex 32` and give it to both sides.",
    secret: true,
  }),
  shenronPrivate: setting({
    name: "SHENRON_PRIVATE",
    default: "no",
    description: "Whether SHENRON may be in a private network (addresses such as 10.0.0.5); this machine itself always may be named",
    example: "yes",
    parser: parse.yesNo,
    remedy: "Write yes or no.",
  }),
} as const;

type Settings = typeof settings;

/** Every setting, parsed. One without a default may be undefined. */
export type Config = {
  readonly [K in keyof Settings]: z.output<Settings[K]["parser"]> | (Settings[K]["default"] extends string ? never : undefined);
};

/** All settings in the order in which they are documented. */
export const settingList: readonly Setting<unknown>[] = Object.values(settings);
