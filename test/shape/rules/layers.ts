import type { Fault, Rule, Source } from "./source.ts";

/** Rows of the layer table. A file imports from its own folder or from a strictly lower row. */
const ROWS: readonly (readonly [row: number, place: RegExp])[] = [
  [8, /^src\/main\.ts$/],
  [7, /^src\/app(?:\.ts$|\/)/],
  [6, /^(?:commands|src\/(?:platforms|venues|feeds|stores|shenron|http|system))\//],
  [5, /^src\/(?:chat|reports|backtest)\//],
  [4, /^src\/engine\//],
  [3, /^src\/strategies\//],
  [2, /^src\/(?:rules|analysis|anomalies)\//],
  [1, /^src\/(?:ports|indicators|matching|risk)\//],
  [0, /^(?:src\/domain|config)\//],
];

/**
 * The plugs of each folder: `discord` is src/platforms/discord.ts, discord-*.ts and discord/**. What else lies in such a folder is
 * a helper for all its plugs. A new plug is one more name here.
 */
const PLUGS: Readonly<Record<string, readonly string[]>> = {
  "src/platforms": ["discord", "telegram", "terminal"],
  "src/venues": ["ccxt", "paper", "spot", "perpetual"],
  "src/feeds": ["exchange", "replay", "simulated"],
  "src/stores": ["sqlite", "mongodb", "memory"],
};

/** Third-party packages and the only places that may import them. zod is common language. */
const OWNERS: Readonly<Record<string, RegExp>> = {
  "bignumber.js": /^src\/domain\/money\.ts$/,
  ccxt: /^src\/venues\/ccxt/,
  "discord.js": /^src\/platforms\/discord/,
  "discord-api-types": /^src\/platforms\/discord/,
  grammy: /^src\/platforms\/telegram/,
  "@grammyjs/auto-retry": /^src\/platforms\/telegram/,
  "@grammyjs/types": /^src\/platforms\/telegram/,
  "node-cron": /^src\/system\/cron\.ts$/,
  croner: /^src\/system\/calendar\.ts$/,
  pino: /^src\/system\/logger/,
  "node:sqlite": /^src\/stores\/sqlite/,
  mongoose: /^src\/stores\/mongodb/,
  ioredis: /^src\/system\/(?:queue\/)?redis/,
  bullmq: /^src\/system\/queue\/redis/,
  technicalindicators: /^src\/analysis\//,
  "@resvg/resvg-wasm": /^src\/system\/painter/,
  "@expo-google-fonts/inter": /^src\/system\/painter/,
  fastify: /^src\/http\/api/,
  "@fastify/swagger": /^src\/http\/api/,
  "fastify-type-provider-zod": /^src\/http\/api/,
  ws: /^src\/http\/api\/live\/socket\.ts$/,
  zod: /./,
};

/** Built-in modules of Node that touch the world, and the rows that may. */
const WORLDLY = /^node:(?:fs|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|readline|process|os)(?:\/|$)/;

export const layers: Rule = (sources) =>
  product(sources).flatMap((source) => {
    const row = rowOf(source.path);
    if (row === undefined) return [{ path: source.path, line: 1, advice: "lies in no layer: move it into a folder of the layer table" }];
    return source.imports.flatMap(({ target, line }): Fault[] => {
      if (target === undefined || allowed(source.path, row, target)) return [];
      return [{ path: source.path, line, advice: `may not import ${target}: import from its own folder or a lower row, through a port` }];
    });
  });

export const packageOwners: Rule = (sources) =>
  product(sources).flatMap((source) =>
    source.imports.flatMap(({ specifier, target, line }): Fault[] => {
      if (target !== undefined) return [];
      const name = specifier.startsWith("node:")
        ? specifier
        : specifier
            .split("/")
            .slice(0, specifier.startsWith("@") ? 2 : 1)
            .join("/");
      if (WORLDLY.test(name) && (rowOf(source.path) ?? 0) < 6) {
        return [{ path: source.path, line, advice: `may not import ${name}: disk, network and processes belong to the plugs (row 6)` }];
      }
      if (name.startsWith("node:") && name !== "node:sqlite") return [];
      const owner = OWNERS[name];
      if (owner?.test(source.path)) return [];
      return [
        {
          path: source.path,
          line,
          advice: `may not import ${name}: ${owner ? `only ${owner.source} owns it` : "give it an owner in test/shape/rules/layers.ts"}`,
        },
      ];
    }),
  );

export const cycles: Rule = (sources) => {
  const graph = new Map(sources.map((source) => [source.path, source.imports]));
  const done = new Set<string>();
  const faults: Fault[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (done.has(path)) return;
    for (const { target, line } of graph.get(path) ?? []) {
      if (target === undefined || !graph.has(target)) continue;
      const begin = [...trail, path].indexOf(target);
      if (begin >= 0) {
        const circle = [...trail, path].slice(begin).concat(target).join(" -> ");
        faults.push({ path, line, advice: `closes a circle (${circle}): move what both need into a third file` });
      } else visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return faults;
};

function product(sources: readonly Source[]): Source[] {
  return sources.filter(({ path }) => /^(?:src|commands|config)\//.test(path));
}

function rowOf(path: string): number | undefined {
  return ROWS.find(([, place]) => place.test(path))?.[0];
}

function allowed(path: string, row: number, target: string): boolean {
  const targetRow = rowOf(target);
  if (targetRow === undefined) return false;
  if (targetRow < row || (home(path) === "config" && home(target) === "src/domain")) return true;
  const plug = plugOf(target);
  return home(path) === home(target) && (plug === undefined || plug === plugOf(path));
}

/** The plug that a file is or belongs to. */
function plugOf(path: string): string | undefined {
  const [, name = ""] = /^src\/\w+\/([^./]+)/.exec(path) ?? [];
  return PLUGS[home(path)]?.find((plug) => name === plug || name.startsWith(`${plug}-`));
}

/** `commands/bot/start.ts` and `commands/common.ts` have one home; so has everything below `src/engine/`, and `src/app.ts` with `src/app/`. */
function home(path: string): string {
  if (path === "src/app.ts") return "src/app";
  return path.startsWith("src/") ? path.split("/").slice(0, 2).join("/") : (path.split("/")[0] ?? "");
}
