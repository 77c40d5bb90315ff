import { type Decimal, decimal } from "../../../../src/domain/money.ts";
import { Refusal } from "./refusal.ts";

type Kind = "text" | "symbol" | "long" | "decimal" | "id" | "boolean" | "json" | readonly string[];

/** Parameters that an endpoint understands; those with `!` at their end have to be sent. */
export type ParameterTable = Readonly<Record<string, Kind>>;

const LONG = /^[0-9]{1,20}$/;
const DECIMAL = /^([0-9]{1,20})(\.[0-9]{1,20})?$/;
const ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;
const SYMBOL = /^[A-Z0-9-_.]{1,20}$/;
const DECIMALS_MAX = 8;
/** What an enumerated parameter is told when its value is none of its list. */
const WRONG_ENUM: Readonly<Record<string, readonly [number, string]>> = {
  side: [-1117, "Invalid side."],
  type: [-1116, "Invalid orderType."],
  timeInForce: [-1115, "Invalid timeInForce."],
  interval: [-1120, "Invalid interval."],
};

/** The checked parameters of one request. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  long(name: string): number | undefined {
    const text = this.#values.get(name);
    return text === undefined ? undefined : Number(text);
  }

  decimal(name: string): Decimal | undefined {
    const text = this.#values.get(name);
    return text === undefined ? undefined : decimal(text);
  }

  needed(name: string): string {
    return this.#values.get(name) ?? missing(name);
  }
}

/** Splits a query or a form body, as sent. Throws on a parameter that is there twice. */
export function splitForm(texts: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const text of texts)
    for (const [name, value] of new URLSearchParams(text)) {
      if (values.has(name)) throw new Refusal(-1101, "Duplicate values for a parameter detected.");
      values.set(name, value);
    }
  return values;
}

/** Checks what was sent against what an endpoint understands: missing, empty, malformed, too precise, unknown. */
export function checkParameters(sent: ReadonlyMap<string, string>, table: ParameterTable): Parameters {
  const known = new Map(Object.entries(table).map(([name, kind]) => [name.replace(/!$/, ""), kind]));
  for (const name of Object.keys(table)) if (name.endsWith("!") && !sent.get(name.slice(0, -1))) missing(name.slice(0, -1));
  for (const [name, value] of sent) {
    const kind = known.get(name);
    if (kind !== undefined) checkValue(name, value, kind);
  }
  const read = [...sent.keys()].filter((name) => known.has(name)).length;
  if (read < sent.size)
    throw new Refusal(-1104, `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent.size}'.`);
  return new Parameters(sent);
}

/** Throws for parameters that this kind of order does not take, and for those that it needs. A leg of a list names them with its prefix. */
export function checkFit(parameters: Parameters, needs: readonly string[], refuses: readonly string[], prefix = ""): void {
  const sentAs = (name: string): string => (prefix === "" ? name : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  for (const name of needs) if (!parameters.has(name)) missing(sentAs(name));
  for (const name of refuses) if (parameters.has(name)) throw new Refusal(-1106, `Parameter '${sentAs(name)}' sent when not required.`);
}

export function missing(name: string): never {
  throw new Refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
}

function checkValue(name: string, value: string, kind: Kind): void {
  if (value === "") throw new Refusal(-1105, `Parameter '${name}' was empty.`);
  if (typeof kind !== "string") {
    if (kind.includes(value)) return;
    const [code, text] = wrongEnum(name);
    throw new Refusal(code, text);
  }
  const range = { long: LONG, decimal: DECIMAL, id: ID, symbol: SYMBOL, boolean: /^(true|false)$/, text: undefined, json: undefined }[kind];
  if (range && !range.test(value))
    throw new Refusal(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range.source}'.`);
  if (kind === "decimal" && (value.split(".")[1]?.length ?? 0) > DECIMALS_MAX)
    throw new Refusal(-1111, `Parameter '${name}' has too much precision.`);
}

function wrongEnum(name: string): readonly [number, string] {
  const key = Object.keys(WRONG_ENUM).find((known) => name === known || name.endsWith(known.charAt(0).toUpperCase() + known.slice(1)));
  return key ? WRONG_ENUM[key]! : [-1130, `Data sent for parameter '${name}' is not valid.`];
}
