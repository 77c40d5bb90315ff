import { z } from "zod";
import { told } from "./answer.ts";
import { argsOf, proofs } from "./args.ts";
import { bearerIn } from "./bearer.ts";
import { answers } from "./commands.ts";
import type { Parts } from "./parts.ts";
import { ApiProblem } from "./problem.ts";
import type { Server } from "./server.ts";

const SECRET_CHARS_MIN = 4;
const SECRET_CHARS_MAX = 512;

const secret = z.string().min(SECRET_CHARS_MIN).max(SECRET_CHARS_MAX);
const body = z.strictObject({
  exchange: z.string().max(32).meta({ description: "binance, binanceus or blofin" }),
  environment: z.enum(["demo", "live"]),
  credentials: z
    .strictObject({ api_key: secret, secret, passphrase: secret.optional().meta({ description: "For blofin" }) })
    .meta({ description: "Checked at the exchange, sealed, and never returned" }),
  name: z.string().max(32).optional().meta({ description: "What to call the account; the exchange's name unless given" }),
  acknowledge: z.boolean().optional().meta({ description: "The key may not withdraw, should the exchange not tell" }),
  risk_level: z.unknown().optional().meta({ description: "Refused: it is risk_level of each bot" }),
  custom_risk_percentage: z.unknown().optional().meta({ description: "Refused: it is size of each bot, such as risk 1%" }),
  max_position_size: z.unknown().optional().meta({ description: "Refused: it is max of each bot, or a limit of risk set" }),
  ...proofs,
});

/** Why each wish about risk is not one that an account can have here. */
const REFUSED = {
  risk_level: "risk_level: bots have one and accounts have none. Use risk_level in POST /api/positions",
  custom_risk_percentage: "custom_risk_percentage: it is the size of a bot. Use size in POST /api/positions, such as risk 1%",
  max_position_size:
    "max_position_size: it is the cap of a bot, or a limit. Use max in POST /api/positions, or on and position in POST /api/commands/risk/set for a whole account",
} as const;

/** Connects an account at an exchange in one request. What the desk cannot keep of it is refused before anything is done. */
export function configureRoute(app: Server, { runs }: Parts): void {
  const schema = { summary: "Connects an account at an exchange with its key", tags: ["accounts"], body, response: answers };
  app.post("/api/configure", { schema }, async (request, reply) => {
    bearerIn(request);
    const { exchange, environment, credentials, acknowledge, name, confirm, factor } = request.body;
    const { api_key: apiKey, secret: secretKey, passphrase } = credentials;
    const secrets = { apiKey, secret: secretKey, ...(passphrase === undefined ? {} : { passphrase }) };
    const wishes = Object.entries(REFUSED).filter(([field]) =>
      Object.entries(request.body).some(([key, value]) => key === field && value !== undefined),
    );
    if (wishes.length > 0) throw new ApiProblem(422, `Nothing was configured. ${wishes.map(([, why]) => why).join(". ")}.`);
    const called = name ?? (environment === "demo" ? `${exchange}-demo` : exchange);
    const args = argsOf({ name: called, exchange, environment, acknowledge, confirm, factor });
    const { status, body: answer } = told(await runs.run(request, { path: "account connect", args, secrets }));
    return reply.code(status).send(answer);
  });
}
