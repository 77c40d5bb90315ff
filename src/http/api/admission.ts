import { bearerOf, noToken } from "./bearer.ts";
import { PROBES_PER_ADDRESS, REQUESTS_PER_STRANGER, REQUESTS_PER_TOKEN, WRONG_TOKENS_PER_ADDRESS } from "./limits.ts";
import type { Observed } from "./observed.ts";
import { ApiProblem } from "./problem.ts";
import { Rate } from "./rate.ts";
import type { Server } from "./server.ts";

export interface AdmissionParts {
  readonly clock: ConstructorParameters<typeof Rate>[0];
  /** Throws an ApiProblem while there is nothing to ask. */
  readonly door: () => Observed;
}

/** Who asks is found out, and counted, before anything of a body is read. */
export function admit(app: Server, { clock, door }: AdmissionParts): void {
  const perToken = new Rate(clock, REQUESTS_PER_TOKEN);
  const perStranger = new Rate(clock, REQUESTS_PER_STRANGER);
  const perProbe = new Rate(clock, PROBES_PER_ADDRESS);
  const wrong = new Rate(clock, WRONG_TOKENS_PER_ADDRESS);
  app.decorateRequest("bearer", undefined);
  app.addHook("onRequest", async (request) => {
    const isOpen = request.routeOptions.config.open === true;
    // Whoever asks for anything else from the same address, as behind a proxy, takes no room from who looks whether the desk lives.
    if (request.headers.authorization === undefined) (isOpen ? perProbe : perStranger).take(request.ip);
    // Whether a desk that is still starting is up can be asked without it.
    else if (!isOpen || opened(door)) request.bearer = bearerOf(request, door(), wrong);
    if (request.bearer) perToken.take(request.bearer.idPrefix);
    else if (!isOpen && request.routeOptions.url !== undefined) throw noToken();
  });
}

/** What there is to ask; undefined while there is nothing. */
export function opened(door: AdmissionParts["door"]): Observed | undefined {
  try {
    return door();
  } catch (thrown) {
    if (thrown instanceof ApiProblem) return undefined;
    throw thrown;
  }
}
