import { namesOf, type StoredFact } from "./process-books.ts";

/** An alert that must be told. Equal keys are told as often as they happened. */
export interface Due {
  readonly key: string;
  /** What counts it where alike alerts share one message. */
  readonly group: string;
  /** Those that are never counted together. */
  readonly isCritical: boolean;
}

/** One message that somebody saw: `count` alerts of a group, or a single one with its key. */
export interface Heard {
  readonly key: string;
  readonly count: number;
  readonly isShared: boolean;
  readonly isRepeat: boolean;
}

/**
 * Every alert that the events of a store call for, reckoned apart from the desk's own alert texts. Left out is the very first start: no
 * place was subscribed before it.
 */
export function duesOf(facts: readonly StoredFact[]): Due[] {
  const names = namesOf(facts);
  const dues: Due[] = [];
  const denied = new Map<string, string>();
  for (const { marketMs, event } of facts) {
    const name = names.get(String(event.botId)) ?? "?";
    const what = dueOf(event, name);
    if (!what || isToldAlready(denied, event, marketMs)) continue;
    const [sentence, group, isCritical] = what;
    const atMs = event.type === "order-filled" ? (event.fill as { marketMs: number }).marketMs : marketMs;
    dues.push({ key: `${sentence} @ ${minute(atMs)}`, group, isCritical });
  }
  const first = dues.findIndex(({ key }) => key.startsWith("desk started"));
  return dues.filter((_, index) => index !== first);
}

/** Whether an event is the same denial again: one for each bot, code and hour of the market, unless it bought or was started in between. */
function isToldAlready(denied: Map<string, string>, { type, botId, code, purpose }: StoredFact["event"], marketMs: number): boolean {
  const bot = String(botId);
  if (type === "bot-started" || (type === "order-filled" && purpose === "entry")) denied.delete(bot);
  if (type !== "wish-denied") return false;
  const said = `${String(code)} ${minute(marketMs).slice(0, 13)}`;
  const isAgain = denied.get(bot) === said;
  denied.set(bot, said);
  return isAgain;
}

type What = readonly [sentence: string, group: string, isCritical: boolean];

function dueOf(event: StoredFact["event"], name: string): What | undefined {
  switch (event.type) {
    case "order-filled": {
      if (event.purpose === "stop") return [`${name} stop`, `stops of ${name}`, true];
      return [`${name} ${event.purpose === "entry" ? "bought" : "sold"}`, `fills of ${name}`, false];
    }
    case "wish-denied":
      return [`${name} denied`, `bot alerts of ${name}`, false];
    case "bot-started":
      return [`${name} is running`, `bot alerts of ${name}`, false];
    case "bot-faulted":
      return [`${name} has faulted`, `faults of ${name}`, true];
    case "breaker-tripped":
      return [`${String(event.breaker)} breaker ${event.again === true ? "stays open" : "tripped"}`, "critical alerts", false];
    case "breaker-reset":
      return [`${String(event.breaker)} breaker is closed`, "critical alerts", false];
    case "order-expired":
      return [`order ${String(event.clientOrderId)} expired`, `bot alerts of ${name}`, false];
    case "order-rejected":
      return event.purpose === "entry"
        ? [`order ${String(event.clientOrderId)} rejected`, `bot alerts of ${name}`, false]
        : [`order ${String(event.clientOrderId)} rejected`, "orders", true];
    case "order-unknown":
      return [`order ${String(event.clientOrderId)} unknown`, "orders", true];
    case "desk-started":
      return event.crash === undefined ? ["desk started", "system alerts", false] : ["desk back after a crash", "crashes", true];
    case "desk-stopped":
      return ["desk stopped", "system alerts", false];
    default:
      return undefined;
  }
}

const SENTENCES: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/^Stop loss: (\S+) sold /, ([, name]) => `${name} stop`],
  [/^(?:[A-Z][a-z ]+: )?(\S+) (bought|sold) /, ([, name, verb]) => `${name} ${verb}`],
  [/^(\S+) was denied an entry/, ([, name]) => `${name} denied`],
  [/^(\S+) is running/, ([, name]) => `${name} is running`],
  [/^(\S+) has faulted/, ([, name]) => `${name} has faulted`],
  [/^The (\S+) breaker of .+ (tripped|stays open|is closed)$/, ([, breaker, what]) => `${breaker} breaker ${what}`],
  [/^The desk was started/, () => "desk started"],
  [/^The desk is back after a crash/, () => "desk back after a crash"],
  [/^The desk was stopped/, () => "desk stopped"],
];
const ORDERS: readonly (readonly [RegExp, string])[] = [
  [/^An order of \S+ expired/, "expired"],
  [/^The venue rejected an order of /, "rejected"],
  [/^The answer to an order of \S+ was lost/, "unknown"],
];
const SHARED = /^([\d,]+) more (.+?)(?:: .*)?$/;

/** What a message tells; undefined for what is no alert of an event, such as an answer or a digest. */
export function heardIn(title: string, text: string, isRepeat: boolean): Heard | undefined {
  const shared = SHARED.exec(title);
  if (shared) {
    const group = shared[2]!.replace(/^(fill|bot alert|system alert|critical alert)(?!s)/, "$1s");
    return { key: group, count: Number(shared[1]!.replaceAll(",", "")), isShared: true, isRepeat };
  }
  const at = /(\d{4}-\d\d-\d\d \d\d:\d\d) UTC \(market\)/.exec(text)?.[1];
  const sentence = sentenceOf(title, text);
  return sentence === undefined || at === undefined ? undefined : { key: `${sentence} @ ${at}`, count: 1, isShared: false, isRepeat };
}

function sentenceOf(title: string, text: string): string | undefined {
  for (const [pattern, say] of SENTENCES) {
    const found = pattern.exec(title);
    if (found) return say(found);
  }
  const outcome = ORDERS.find(([pattern]) => pattern.test(title))?.[1];
  const order = /\b(ss[a-z2-7]{20}\w*)\b/.exec(text)?.[1];
  return outcome === undefined || order === undefined ? undefined : `order ${order} ${outcome}`;
}

/** Alerts that were due and not heard often enough. With `isCounted`, ordinary ones may share messages that only count them. */
export function silences(dues: readonly Due[], heard: Iterable<Heard>, isCounted: boolean): string[] {
  const { due, told } = tally(dues, heard, isCounted);
  return [...due].flatMap(([counter, count]) => {
    const heardOf = told.get(counter)?.all ?? 0;
    return heardOf < count ? [`never told: ${counter} (${heardOf} of ${count})`] : [];
  });
}

/** Alerts of nothing that happened, and doubles that do not say that they are repeats. */
export function falsehoods(dues: readonly Due[], heard: Iterable<Heard>, isCounted: boolean): string[] {
  const { due, told } = tally(dues, heard, isCounted);
  return [...told].flatMap(([counter, { unmarked }]) => {
    const count = due.get(counter);
    if (count === undefined) return [`told of what never happened: ${counter}`];
    return unmarked > count ? [`told again without a mark: ${counter} (${unmarked} of ${count})`] : [];
  });
}

function tally(dues: readonly Due[], heard: Iterable<Heard>, isCounted: boolean) {
  const counterOf = new Map<string, string>();
  const due = new Map<string, number>();
  for (const { key, group, isCritical } of dues) {
    const counter = isCounted && !isCritical ? group : key;
    counterOf.set(key, counter);
    due.set(counter, (due.get(counter) ?? 0) + 1);
  }
  const told = new Map<string, { all: number; unmarked: number }>();
  for (const { key, count, isShared, isRepeat } of heard) {
    const counter = isShared ? key : (counterOf.get(key) ?? key);
    const { all, unmarked } = told.get(counter) ?? { all: 0, unmarked: 0 };
    told.set(counter, { all: all + count, unmarked: unmarked + (isRepeat ? 0 : count) });
  }
  return { due, told };
}

function minute(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 16).replace("T", " ");
}
