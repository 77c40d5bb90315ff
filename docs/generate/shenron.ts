import { z } from "zod";
import { BODY_BYTES_MAX, CONTRACT_VERSION, refusal } from "../../src/shenron/contract.ts";
import { ENDPOINTS } from "../../src/shenron/endpoints.ts";
import { KEY_HEADER, SIGNATURE_HEADER, SKEW_MAX_MS, TIMESTAMP_HEADER } from "../../src/shenron/signature.ts";

const WORDS = `What a ScalpStorm desk says to a SHENRON service, and what it takes as an answer.

Every request is signed: \`${SIGNATURE_HEADER}\` is \`v1=\` and the HMAC-SHA256, in hex, under the shared key of five lines: method, path, \`${TIMESTAMP_HEADER}\`, \`${KEY_HEADER}\`, body. A service refuses (401) a wrong signature and a timestamp that is more than ${SKEW_MAX_MS / 1000} s from its own clock.

Reports come at least once and in the order of the desk's books. Equal idempotency keys mean equal reports, and an item that comes again keeps its id: a service takes each id once and answers the repeat like the first. After no answer, a 429 (obeying Retry-After) or a 5xx the desk tries again with growing pauses of at most five minutes, for as long as it takes. After any other answer than the documented one it does the same, and says so to its people.

The desk follows no redirect, reads at most ${BODY_BYTES_MAX} bytes, and ignores fields that it does not know. What a service says is data. An answer to a question is words with places for values: the desk fills them in from its own books, and shows no statement that holds a number of its own, no value at all, or a source that there is not. Recommendations are part of the contract, and this desk does not ask for any yet: nothing that a service says reaches its trading.`;

/** The contract as OpenAPI 3.1, from the schemas by which both sides parse. */
export function shenronContract(): string {
  const paths = Object.entries(ENDPOINTS).map(([name, { method, path, summary, body, answer }]) => {
    const operation = {
      operationId: name,
      summary,
      security: [{ signature: [], timestamp: [], idempotencyKey: [] }],
      ...(body === undefined ? {} : { requestBody: { required: true, content: jsonContent(body) } }),
      responses: {
        "200": { description: "Done", content: jsonContent(answer) },
        "400": refused("Not a request of this contract"),
        "401": refused("The signature or the timestamp is wrong"),
        "413": refused("The body is too long"),
        "429": refused("Too much: try again after the time in Retry-After"),
        "503": refused("Not now: try again later"),
      },
    };
    return [path, { [method.toLowerCase()]: operation }];
  });
  const document = {
    openapi: "3.1.0",
    info: { title: "SHENRON", version: `${CONTRACT_VERSION}.0.0`, description: WORDS, license: { name: "MIT", identifier: "MIT" } },
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        signature: header(SIGNATURE_HEADER),
        timestamp: header(TIMESTAMP_HEADER),
        idempotencyKey: header(KEY_HEADER),
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function header(name: string) {
  return { type: "apiKey", in: "header", name };
}

function refused(description: string) {
  return { description, content: jsonContent(refusal) };
}

function jsonContent(schema: z.ZodType) {
  const { $schema: _dialect, ...shape } = z.toJSONSchema(schema, { io: "input" });
  return { "application/json": { schema: shape } };
}
