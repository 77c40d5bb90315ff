import type { ResponseParameters } from "@grammyjs/types";

/** An answer with `ok: false`, in the words of the live service. */
export class ApiFailure extends Error {
  readonly code: number;
  readonly parameters: ResponseParameters | undefined;

  constructor(code: number, description: string, parameters?: ResponseParameters) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

export function badRequest(description: string, parameters?: ResponseParameters): ApiFailure {
  return new ApiFailure(400, `Bad Request: ${description}`, parameters);
}

export function forbidden(description: string): ApiFailure {
  return new ApiFailure(403, `Forbidden: ${description}`);
}

export function conflict(description: string): ApiFailure {
  return new ApiFailure(409, `Conflict: ${description}`);
}

export function tooManyRequests(retryAfterSeconds: number): ApiFailure {
  return new ApiFailure(429, `Too Many Requests: retry after ${retryAfterSeconds}`, { retry_after: retryAfterSeconds });
}

export function tooLarge(): ApiFailure {
  return new ApiFailure(413, "Request Entity Too Large");
}
