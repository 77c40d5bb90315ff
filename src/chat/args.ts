import { BOT_NAME } from "../domain/bot.ts";
import type { Role } from "../domain/events.ts";
import { type Decimal, decimal } from "../domain/money.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../domain/time.ts";
import { TIMEFRAMES, type Timeframe } from "../domain/timeframe.ts";
import { argument } from "./arg-meta.ts";

/** Longest text that an argument may have. */
const TEXT_MAX = 500;
/** Most entries of a list argument. */
const LIST_MAX = 20;
/** Longest span that a person may name. */
const SPAN_MAX_MS = 90 * DAY_MS;

/** A name in small letters, or undefined. */
export const nameOf = (text: string) => (BOT_NAME.test(text.toLowerCase()) ? text.toLowerCase() : undefined);
const NAME_EXPECTED = "a name of small letters, digits and dashes that starts with a letter (at most 32), such as dip";

/** Bots that exist: one bot, a group, or `all`. */
export const botName = argument<string>(
  { kind: "text", question: "Which bot?", source: "bots", target: true, freeText: true, example: "dip" },
  "the name of a bot or a group, or all",
  nameOf,
);

/** A name for something new. */
export const newName = argument<string>({ kind: "text", question: "Which name?", example: "dip" }, NAME_EXPECTED, nameOf);

/** One symbol or several, separated by commas or spaces. */
export const symbols = argument<string[]>(
  { kind: "text", question: "Which symbol? (one, or several separated by commas)", source: "symbols", list: true, example: "BTC/USDT" },
  `symbols such as BTC/USDT or BTC/USDT,ETH/USDT (at most ${LIST_MAX})`,
  (text) => {
    const parts = [...new Set(text.split(/[\s,;]+/).filter((part) => part !== ""))].map(symbolText);
    const valid = parts.filter((part) => part !== undefined);
    return valid.length > 0 && valid.length === parts.length && valid.length <= LIST_MAX ? valid : undefined;
  },
);

/** A symbol as it is written, or undefined for what cannot be one. */
export function symbolText(text: string): string | undefined {
  return /^[a-z0-9]{1,20}([/-][a-z0-9]{1,12}(:[a-z0-9]{1,12})?)?$/i.test(text) ? text.toUpperCase().replace("-", "/") : undefined;
}

export const timeframe = argument<Timeframe>(
  { kind: "choice", question: "Which timeframe?", choices: TIMEFRAMES, freeText: true, example: "5m" },
  `one of ${TIMEFRAMES.join(", ")}`,
  (text) => TIMEFRAMES.find((each) => each === text.toLowerCase()),
);

export const strategyName = argument<string>(
  { kind: "text", question: "Which strategy?", source: "strategies", freeText: true, example: "ema-cross" },
  "the name of a strategy such as ema-cross",
  nameOf,
);

const numberOf = (text: string) => (/^\d{1,12}([.]\d{1,8})?$/.test(text) ? Number(text) : undefined);
/** A percentage with or without its sign. */
export const percentOfText = (text: string) => numberOf(text.replace(/\s*%$/, ""));

export interface Money {
  readonly value: Decimal;
  /** Undefined when only a number was typed. */
  readonly currency: string | undefined;
}

/**
 * Digits without the commas between their thousands, or undefined. Where a comma stands anywhere else it is somebody's decimal point: `1,5` is neither 15 nor,
 * for everybody, one and a half.
 */
export const ungrouped = (digits: string): string | undefined =>
  !digits.includes(",") || /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/.test(digits) ? digits.replaceAll(",", "") : undefined;

/** An amount above zero with its currency, or undefined. */
export const moneyOf = (text: string): Money | undefined => {
  const [, typed = "", currency] = /^([\d,]{1,16}(?:\.\d{1,8})?)\s*([a-z]{2,8})?$/i.exec(text) ?? [];
  const digits = ungrouped(typed);
  const value = digits === undefined ? undefined : numberOf(digits);
  return digits === undefined || value === undefined || value <= 0
    ? undefined
    : { value: decimal(digits), currency: currency?.toUpperCase() };
};

/** Strategy parameters, as `fast=9 slow=21`. */
export const params = argument<Record<string, number>>(
  { kind: "text", example: "fast=9 slow=21" },
  'parameters such as "fast=9 slow=21"',
  (text) => {
    const found: Record<string, number> = {};
    for (const part of text.split(/[\s,;]+/).filter((each) => each !== "")) {
      const [, name, digits] = /^([a-z][a-z0-9]{0,31})=(-?\d{1,9}(?:\.\d{1,8})?)$/i.exec(part) ?? [];
      if (name === undefined || Object.hasOwn(found, name)) return undefined;
      found[name] = Number(digits);
    }
    return found;
  },
);

/** Any text of at most 500 characters. */
const text = argument<string>({ kind: "text", freeText: true }, `a text of 1 to ${TEXT_MAX} characters`, (value) =>
  value !== "" && value.length <= TEXT_MAX ? value : undefined,
);

/** The path of a command, or its noun. */
export const commandPath = text.meta({ argument: { kind: "text", source: "commands", freeText: true, example: "bot create" } });

/** A reason for the others to read. It is cut rather than refused, for a long reason must not keep a person from halting. */
export const note = argument<string>(
  { kind: "text", freeText: true, example: "news" },
  "a text",
  (value) => value.slice(0, TEXT_MAX) || "no reason given",
);

/** A text that is kept out of the audit. */
export const secretText = argument<string>(
  { kind: "text", secret: true, freeText: true },
  `a text of 1 to ${TEXT_MAX} characters`,
  (value) => (value !== "" && value.length <= TEXT_MAX ? value : undefined),
);

/** The code under which something waits for an approval. */
export const approvalCode = secretText
  .meta({ argument: { kind: "text", secret: true, example: "k3m8p2q7", question: "What is the code?" } })
  .describe("The code that was shown where it was asked for");

/** One of a few words, in small or capital letters; `question` is asked when it is missing. */
export function choice<const C extends string>(choices: readonly C[], question?: string) {
  return argument<C>(
    { kind: "choice", choices, freeText: true, ...(question === undefined ? {} : { question }) },
    `one of ${choices.join(", ")}`,
    (value) => choices.find((each) => each === value.toLowerCase()),
  );
}

/** Several of a few words, separated by commas or spaces. */
export function choices<const C extends string>(offered: readonly C[]) {
  return argument<C[]>(
    { kind: "text", list: true, example: offered.slice(0, 2).join(",") },
    `some of ${offered.join(", ")}, separated by commas`,
    (value) => {
      const words = [...new Set(value.toLowerCase().split(/[\s,;]+/))].filter((word) => word !== "");
      if (words.length === 1 && words[0] === "all") return [...offered];
      const found = offered.filter((each) => words.includes(each));
      return found.length > 0 && found.length === words.length ? found : undefined;
    },
  );
}

export const flag = argument<boolean>({ kind: "flag", choices: ["yes", "no"] }, "yes or no", (value) => {
  if (["yes", "y", "true", "on", "1"].includes(value.toLowerCase())) return true;
  return ["no", "n", "false", "off", "0"].includes(value.toLowerCase()) ? false : undefined;
});

/** A whole number between two bounds. */
export function count(least: number, most: number) {
  return argument<number>({ kind: "integer", example: String(least) }, `a whole number from ${least} to ${most}`, (value) => {
    const found = /^\d{1,9}$/.test(value) ? Number(value) : undefined;
    return found !== undefined && found >= least && found <= most ? found : undefined;
  });
}

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** A span in milliseconds, from `30m`, `4h`, `2d` or `1h30m`. */
export const duration = argument<number>({ kind: "text", example: "4h" }, "a span such as 30m, 4h or 2d (at most 90d)", (value) => {
  const compact = value.toLowerCase().replaceAll(/\s+/g, "");
  if (!/^(\d{1,6}[smhd])+$/.test(compact)) return undefined;
  let spanMs = 0;
  for (const [, digits, unit] of compact.matchAll(/(\d+)([smhd])/g)) spanMs += Number(digits) * UNIT_MS[unit!]!;
  return spanMs > 0 && spanMs <= SPAN_MAX_MS ? spanMs : undefined;
});

const timeOf = (value: string) => {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(value) ?? [];
  return hour !== undefined && Number(hour) < 24 && Number(minute) < 60 ? `${hour.padStart(2, "0")}:${minute}` : undefined;
};

/** A time of day, or `off`. */
export const localTimeOrOff = argument<string>(
  { kind: "text", question: "At which time of day? (or off)", choices: ["08:00", "20:00", "off"], freeText: true, example: "08:30" },
  "a time of day such as 08:30, or off",
  (value) => (["off", "none", "no"].includes(value.toLowerCase()) ? "off" : timeOf(value)),
);

/** An instant of the market, in UTC, to the minute; without a day it is of the newest. */
export const marketInstant = argument<{ readonly day: string | undefined; readonly time: string }>(
  { kind: "text", freeText: true, example: "2021-05-19 12:34" },
  "a time such as 2021-05-19 12:34 or 12:34, in UTC",
  (value) => {
    const [, day, clock = ""] = /^(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{1,2}:\d{2})(?:\s*(?:UTC|Z))?$/i.exec(value) ?? [];
    const time = timeOf(clock);
    if (time === undefined) return undefined;
    return day === undefined || new Date(Date.parse(`${day}T00:00:00Z`) || 0).toISOString().startsWith(day) ? { day, time } : undefined;
  },
);

/** A day of the calendar, in the desk's time zone. */
export const localDay = argument<string>({ kind: "text", example: "2021-05-19" }, "a day such as 2021-05-19", (value) => {
  const midnightMs = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(midnightMs) && new Date(midnightMs).toISOString().startsWith(value) ? value : undefined;
});

/** From a time of day to another, which may be the next morning; or `off`. */
export const quietHoursOrOff = argument<{ readonly from: string; readonly to: string } | "off">(
  {
    kind: "text",
    question: "Quiet from when to when? (or off)",
    choices: ["22:00-07:00", "23:00-08:00", "off"],
    freeText: true,
    example: "22:00-07:00",
  },
  "two different times of day such as 22:00-07:00, or off",
  (value) => {
    if (["off", "none", "no"].includes(value.toLowerCase())) return "off";
    const [from, to, ...more] = value.split(/\s*[-\u2013]\s*/).map(timeOf);
    return from !== undefined && to !== undefined && from !== to && more.length === 0 ? { from, to } : undefined;
  },
);

/** An IANA time zone. */
export const timeZone = argument<string>(
  { kind: "text", example: "Europe/Berlin" },
  "a time zone such as Europe/Berlin or UTC",
  (value) => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone;
    } catch {
      return undefined;
    }
  },
);

const userIdOf = (value: string) => {
  const [, mentioned] = /^<@!?(\d{1,24})>$/.exec(value) ?? [];
  if (mentioned !== undefined) return `discord:${mentioned}`;
  return /^(discord|telegram):\d{1,24}$/.test(value) || value === "terminal:local" ? value : undefined;
};

/** A person's immutable id on a platform. Discord's mention form is understood. */
export const userId = argument<string>(
  { kind: "text", question: "Which person? (their id, such as discord:123456789)", freeText: true, example: "discord:123456789" },
  "a person's id such as discord:123456789 or telegram:123456789",
  userIdOf,
);

/** A person, or a program by its token, as `api:ci`. */
export const userOrToken = argument<string>(
  { kind: "text", question: "Which person or token?", freeText: true, example: "discord:123456789" },
  "a person's id such as discord:123456789, or a token such as api:ci",
  (value) => (/^api:[a-z][a-z0-9-]{0,31}$/.test(value.toLowerCase()) ? value.toLowerCase() : userIdOf(value)),
);

const ROLE_CHOICES: readonly Role[] = ["viewer", "operator", "trader", "admin"];

export const role = choice(ROLE_CHOICES, "Which role?");

/** A place where the desk speaks, as `discord:123`. */
export const place = argument<string>(
  { kind: "text", example: "discord:123456789" },
  "a place such as discord:123456789 or telegram:-100123",
  (value) => (/^[a-z]{2,16}:[\w:.@-]{1,80}$/.test(value) ? value : undefined),
);

/** What a grant is good for: `desk`, `here`, `bot:NAME`, `group:NAME` or `place:PLACE`. */
export const scope = argument<string>(
  { kind: "text", source: "grants", example: "bot:dip" },
  "desk, here, bot:NAME, group:NAME or place:PLACE",
  (value) => (/^(desk|here|all|(bot|group):[a-z][a-z0-9-]{0,31}|place:[a-z]{2,16}:[\w:.@-]{1,80})$/.test(value) ? value : undefined),
);
