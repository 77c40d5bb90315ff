import { z } from "zod";
import { answerBody, told } from "./answer.ts";
import { argsOf, bodyOf } from "./args.ts";
import { bearerIn } from "./bearer.ts";
import { TEXT_CHARS_MAX } from "./limits.ts";
import type { Parts } from "./parts.ts";
import { errorBody, type Server } from "./server.ts";

const FORM_FIELDS_MAX = 5;
const SECRET_CHARS_MAX = 512;

/** Statuses that every command may answer with. */
export const answers = {
  200: answerBody,
  202: answerBody,
  403: answerBody,
  422: z.union([answerBody, errorBody]),
  500: answerBody,
  503: z.union([answerBody, errorBody]),
  default: errorBody,
};

/** Every command of the catalog as `POST /api/commands/NOUN/VERB`, and the way in for secrets that some ask for. */
export function commandRoutes(app: Server, { catalog, runs }: Parts): void {
  for (const info of catalog) {
    const schema = { summary: info.summary, tags: ["commands"], body: bodyOf(info), response: answers };
    app.post(`/api/commands/${info.path.replaceAll(" ", "/")}`, { schema }, async (request, reply) => {
      const { status, body } = told(await runs.run(request, { path: info.path, args: argsOf(request.body) }));
      return reply.code(status).send(body);
    });
  }
  const schema = {
    summary: "Hands in the secrets that a command asked for; they are sealed and never returned",
    tags: ["commands"],
    params: z.object({ token: z.string().max(TEXT_CHARS_MAX) }),
    body: z
      .record(z.string().max(TEXT_CHARS_MAX), z.string().max(SECRET_CHARS_MAX))
      .refine((values) => Object.keys(values).length <= FORM_FIELDS_MAX, {
        error: `expected at most ${FORM_FIELDS_MAX} values`,
      }),
    response: answers,
  };
  app.post("/api/forms/:token", { schema }, async (request, reply) => {
    const { status, body } = told(await runs.submit(bearerIn(request), request.params.token, request.body));
    return reply.code(status).send(body);
  });
}
