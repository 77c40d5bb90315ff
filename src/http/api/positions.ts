import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { visibleBots } from "../../chat/access.ts";
import { plain } from "../../domain/money.ts";
import { entryPrice } from "../../domain/position.ts";
import type { BotFacts, Engine } from "../../ports/engine.ts";
import { answerBody, told } from "./answer.ts";
import { argsOf, bodyOf, proofs } from "./args.ts";
import { sightOf } from "./bearer.ts";
import { answers } from "./commands.ts";
import { PATH_PART_CHARS_MAX } from "./limits.ts";
import type { Parts } from "./parts.ts";
import { errorBody, type Server } from "./server.ts";
import { instId, instIdOf, symbolOfInstId } from "./symbols.ts";

const CREATE = "bot create";

const positionBody = z
  .object({
    id: z.string(),
    bot_id: z.string(),
    group: z.string().nullable(),
    account: z.string(),
    mode: z.enum(["paper", "demo", "live"]),
    inst_id: z.string(),
    timeframe: z.string(),
    strategy: z.string(),
    status: z.enum(["created", "running", "stopping", "stopped", "faulted"]),
    quantity: z.string(),
    entry_price: z.string().nullable(),
    price: z.string().nullable(),
    unrealized: z.string().nullable(),
  })
  .meta({ id: "Position" });

const positionAnswer = answerBody.extend({ position: positionBody.optional() });
const positionAnswers = { ...answers, 200: positionAnswer, 201: positionAnswer };
const params = z.object({
  id: z
    .string()
    .max(PATH_PART_CHARS_MAX)
    .meta({ description: "The name of a bot, or its bot_id where no bot has that name; a group or `all` means each of its bots" }),
});
const TAGGED = { tags: ["positions"] } as const;

/** Bots by another name: each is one strategy on one symbol. Everything that changes goes through the commands of chat. */
export function positionRoutes(app: Server, parts: Parts): void {
  listRoute(app, parts);
  createRoute(app, parts);
  const start = { summary: "Starts a bot", ...TAGGED, params, body: z.strictObject(proofs), response: positionAnswers };
  app.post("/api/positions/:id/start", { schema: start }, async (request, reply) => {
    const { status, body } = await act(parts, request, { path: "bot start", id: request.params.id, args: argsOf(request.body) });
    return reply.code(status).send(body);
  });
  const close = z.boolean().optional().meta({ description: "Sells the position first; otherwise it keeps its protection" });
  const stop = { ...start, summary: "Stops a bot: it opens nothing more", body: z.strictObject({ close, ...proofs }) };
  app.post("/api/positions/:id/stop", { schema: stop }, async (request, reply) => {
    const { status, body } = await act(parts, request, { path: "bot stop", id: request.params.id, args: argsOf(request.body) });
    return reply.code(status).send(body);
  });
}

function listRoute(app: Server, { door }: Parts): void {
  const response = { 200: z.object({ positions: z.array(positionBody) }), default: errorBody };
  const schema = { summary: "The bots that you may see", ...TAGGED, querystring: z.strictObject({}), response };
  app.get("/api/positions", { schema }, async (request) => {
    const { people, asker } = await sightOf(request, door(), "bot list");
    return { positions: visibleBots(people, asker, door().options.engine.bots()).map(positionOf) };
  });
}

function createRoute(app: Server, parts: Parts): void {
  const known = parts.catalog.find(({ path }) => path === CREATE);
  if (!known) throw new Error(`there is no command ${CREATE}`);
  const { args, ...info } = known;
  const others = bodyOf({ ...info, args: args.filter(({ name }) => name !== "symbol") });
  const body = others.extend({ inst_id: instId });
  app.post("/api/positions", { schema: { summary: "Makes a bot", ...TAGGED, body, response: positionAnswers } }, async (request, reply) => {
    const { inst_id, ...rest } = request.body;
    const id = parts.runs.idOf(request);
    const view = await parts.runs.run(request, { path: CREATE, args: { ...argsOf(rest), symbol: symbolOfInstId(inst_id) } }, id);
    const { status, body: answer } = told(view);
    if (status !== 200) return reply.code(status).send(answer);
    const made = madeBy(id, parts.door().options.engine);
    return reply.code(201).send({ ...answer, ...(made ? { position: positionOf(made) } : {}) });
  });
}

/** The bot that a request made, by the books: others make theirs at the same time, and a repeat finds it after a restart, too. */
function madeBy(requestId: string, engine: Pick<Engine, "accounts" | "bot">): BotFacts | undefined {
  const mark = `${requestId}/create `;
  const effect = engine
    .accounts()
    .flatMap(({ state }) => state.requests)
    .find((each) => each.startsWith(mark));
  return effect === undefined ? undefined : engine.bot(effect.slice(mark.length));
}

interface Act {
  readonly path: string;
  readonly id: string;
  readonly args: Readonly<Record<string, string>>;
}

async function act({ door, runs }: Parts, request: FastifyRequest, { path, id, args }: Act) {
  const { engine } = door().options;
  // A bot may be named like the bot_id of another one, and a name is what the list gives as id.
  const found = engine.bot(id.toLowerCase()) ?? engine.bots().find(({ state }) => state.spec.id === id);
  const bot = found?.state.spec.name ?? id;
  const { status, body } = told(await runs.run(request, { path, args: { ...args, bot } }));
  const now = status === 200 ? engine.bot(bot.toLowerCase()) : undefined;
  return { status, body: { ...body, ...(now ? { position: positionOf(now) } : {}) } };
}

/** A bot with its position as the API tells it: exact digits, quantity in base and money in quote, null for what is not known. */
export function positionOf({ state, account, price, unrealized }: BotFacts): z.output<typeof positionBody> {
  const { spec, status, position } = state;
  const entry = entryPrice(position);
  return {
    ...{ id: spec.name, bot_id: spec.id, group: spec.group ?? null, account, mode: spec.mode, inst_id: instIdOf(spec.symbol) },
    ...{ timeframe: spec.timeframe, strategy: spec.strategy, status, quantity: plain(position.quantity) },
    entry_price: entry === undefined ? null : plain(entry),
    price: price === undefined ? null : plain(price),
    unrealized: unrealized === undefined ? null : plain(unrealized),
  };
}
