import { recordedFile } from "../recorded.ts";
import { OpenApiJudge } from "./judge-openapi.ts";

const path = recordedFile("specs/discord-openapi.json");

/** The second opinion, where the recorded file is at hand. One for the whole process: compiling its schemas takes a second and more. */
export const recordedJudge = path === undefined ? undefined : new OpenApiJudge(path);

/** The option of a counterpart that has it. */
export const withRecordedJudge = recordedJudge === undefined ? {} : { openapiJudge: recordedJudge };
