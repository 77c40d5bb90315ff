import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { families } from "../../src/http/api/meters.ts";
import { ChatDesk } from "../chat/door.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const rule = z.strictObject({
  alert: z.string().regex(/^Desk[A-Za-z]+$/),
  expr: z.string(),
  for: z.string().regex(/^\d+[smh]$/),
  labels: z.strictObject({ severity: z.enum(["critical", "warning"]) }),
  annotations: z.strictObject({ summary: z.string().min(10), runbook: z.string() }),
});
const rules = z
  .strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) })
  .parse(parse(read("docs/monitoring/alerts.yaml")))
  .groups.flatMap((group) => group.rules);
const board = z
  .object({ panels: z.array(z.object({ id: z.number(), title: z.string(), targets: z.array(z.object({ expr: z.string() })) })) })
  .parse(JSON.parse(read("docs/monitoring/dashboard.json")));

const queries = [...rules.map(({ expr }) => expr), ...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];
let known: ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;

beforeAll(async () => {
  const desk = await ChatDesk.open({ backings: [{ name: "redis", trouble: () => undefined }] });
  const told = await families(desk.door, {
    role: "engine",
    accountsHeld: () => 0,
    slots: () => 0,
    isMarketRead: () => true,
    deskAgeMs: () => 100,
    loopDelay: () => ({ medianMs: 1, p99Ms: 1, maxMs: 1 }),
    backlogs: () => [{ platform: "discord", waiting: 0, oldestMs: 0 }],
    budgets: async () => [{ exchange: "binance", environment: "live", usedShare: 0, queued: 0 }],
    orders: async () => [{ mode: "live", event: "rejected", count: 0 }],
  });
  known = new Map(told.map(({ name, samples }) => [name, samples.map(({ labels = {} }) => labels)]));
});

test("each metric of the dashboard and the alerts is one that the desk tells, and none is told that nobody shows", () => {
  const asked = new Set(queries.flatMap((query) => query.match(/\bscalpstorm_\w+/g) ?? []));
  expect([...asked].filter((name) => !known.has(name))).toEqual([]);
  expect([...known.keys()].filter((name) => !asked.has(name))).toEqual(["scalpstorm_info"]);
});

test("each label that a query chooses by has that value", () => {
  const chosen = queries.flatMap((query) =>
    [...query.matchAll(/(scalpstorm_\w+)\{([^}]*)\}/g)].flatMap(([, name = "", labels = ""]) =>
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", value = ""]) => ({ name, label, value })),
    ),
  );
  expect(chosen.length).toBeGreaterThan(2);
  expect(chosen.filter(({ name, label, value }) => !known.get(name)?.some((labels) => labels[label] === value))).toEqual([]);
});

/** What a gateway tells of the whole desk, and each engine of its own accounts. */
const SHARED = ["bots", "unknown_orders", "breakers_open", "accounts", "accounts_paused", "order_events_total"];

test("what a gateway and its engines both tell is counted once: added up by role at most, then the larger one is taken", () => {
  const asking = queries.filter((query) => SHARED.some((name) => new RegExp(`\\bscalpstorm_${name}\\b`).test(query)));
  expect(asking.length).toBeGreaterThan(SHARED.length);
  expect(asking.filter((query) => !/^max(?: by \([\w, ]+\))? ?\(/.test(query))).toEqual([]);
  const sums = queries.flatMap((query) => [...query.matchAll(/\bsum( by \([\w, ]+\))? ?\(([^{}]*)/g)]);
  const twice = sums.filter(([, by = "", of = ""]) => SHARED.some((name) => of.includes(`scalpstorm_${name}`)) && !/\brole\b/.test(by));
  expect(twice.map(([text]) => text)).toEqual([]);
});

test("each alert has a chapter of its name in the operating page, and each such chapter an alert", () => {
  const page = read("docs/operating.md");
  const chapters = [...page.matchAll(/^### (Desk\w+)\n\n(.{40,})$/gm)].map(([, name]) => name);
  expect(rules.map(({ alert }) => alert)).toEqual(chapters);
  expect(rules.map(({ annotations }) => annotations.runbook)).toEqual(chapters.map((name) => `docs/operating.md#${name?.toLowerCase()}`));
});

test("links inside of the operating page lead to its chapters", () => {
  const page = read("docs/operating.md");
  const slug = (title: string) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replace(/\s/g, "-");
  const slugs = new Set([...page.matchAll(/^#{2,3} (.+)$/gm)].map(([, title = ""]) => slug(title)));
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = ""]) => target);
  expect(links.filter((target) => !slugs.has(target))).toEqual([]);
});

test("panels of the dashboard have ids and titles of their own", () => {
  for (const facts of [board.panels.map(({ id }) => id), board.panels.map(({ title }) => title)])
    expect(new Set<unknown>(facts).size).toBe(board.panels.length);
});
