import type { SpotCore } from "../spot-core.ts";
import type { SpotAccount } from "./account.ts";
import type { SpotLimits } from "./limits.ts";
import type { Parameters, ParameterTable } from "./parameters.ts";

/** One request on its way through the door. */
export interface Visit {
  readonly core: SpotCore;
  readonly parameters: Parameters;
  readonly limits: SpotLimits;
  readonly nowMs: number;
  /** Reads show what was true then. */
  readonly seenMs: number;
  readonly us: boolean;
}

export interface SignedVisit extends Visit {
  readonly account: SpotAccount;
  /** Throws when the request is too old by the time the matching engine would get it. */
  readonly checkWindow: () => void;
}

interface RouteBase {
  /** As `GET /api/v3/time`. */
  readonly name: string;
  readonly parameters: ParameterTable;
  readonly weight: (sent: ReadonlyMap<string, string>) => number;
  /** Which of the two exchanges has it; both when it is not said. */
  readonly only?: "com" | "us";
}

export type Route =
  | (RouteBase & { readonly signed: false; readonly run: (visit: Visit) => unknown })
  | (RouteBase & { readonly signed: true; readonly run: (visit: SignedVisit) => unknown });

const SIGNED: ParameterTable = { "timestamp!": "long", recvWindow: "decimal", signature: "text" };

export function open(
  name: string,
  weight: RouteBase["weight"] | number,
  parameters: ParameterTable,
  run: (visit: Visit) => unknown,
  only?: "com" | "us",
): Route {
  return { name, signed: false, parameters, weight: typeof weight === "number" ? () => weight : weight, run, ...(only ? { only } : {}) };
}

export function signed(
  name: string,
  weight: RouteBase["weight"] | number,
  parameters: ParameterTable,
  run: (visit: SignedVisit) => unknown,
  only?: "com" | "us",
): Route {
  const table = { ...parameters, ...SIGNED };
  return {
    name,
    signed: true,
    parameters: table,
    weight: typeof weight === "number" ? () => weight : weight,
    run,
    ...(only ? { only } : {}),
  };
}
