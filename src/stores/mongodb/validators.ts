import type { Collections } from "./schemas.ts";

const whole = { bsonType: "number", minimum: 0 } as const;
const text = { bsonType: "string" } as const;
const textOrNull = { bsonType: ["string", "null"] } as const;
const flag = { bsonType: "bool" } as const;
const date = { bsonType: "date" } as const;

/** What the server itself refuses to keep, also from other programs. */
export const VALIDATORS: Readonly<Record<keyof Collections, object>> = {
  links: shape({
    stream: text,
    link: { ...whole, minimum: 1 },
    epoch: { ...whole, minimum: 1 },
    last: whole,
    count: whole,
    bodies: { bsonType: "array", items: text },
  }),
  snapshots: shape({ sequence: whole, body: text }),
  requests: shape({ arrival: { bsonType: "objectId" }, wallMs: { bsonType: "number" }, settled: flag, body: text }),
  channels: { $jsonSchema: { bsonType: "object", properties: { cursors: { bsonType: "object" }, rows: { bsonType: "object" } } } },
  members: shape({
    role: text,
    pid: whole,
    host: text,
    version: text,
    startedMs: { bsonType: "number" },
    isAlone: flag,
    renewedAt: date,
    expiresAt: date,
    isGone: flag,
  }),
  holds: shape({ holder: textOrNull, turn: { ...whole, minimum: 1 }, leftAt: { bsonType: ["date", "null"] } }),
  asks: shape({
    stream: text,
    arrival: { bsonType: "objectId" },
    wallMs: { bsonType: "number" },
    body: text,
    state: { enum: ["open", "begun", "answered", "withdrawn"] },
    by: textOrNull,
    answer: textOrNull,
  }),
  meta: { $jsonSchema: { bsonType: "object", properties: { version: whole, epoch: whole, expiresAt: { bsonType: "date" } } } },
};

function shape(properties: Readonly<Record<string, object>>): object {
  return { $jsonSchema: { bsonType: "object", required: Object.keys(properties), properties } };
}
