import type { ApiMethods, Opts } from "@grammyjs/types";
import type { UploadedFile } from "../multipart.ts";

/** Files are strings on the wire: an `attach://` name, a file id or an address. */
export type Methods = ApiMethods<string>;
export type Args<M extends keyof Methods> = Opts<string>[M];

/** What a method may need beside its arguments. */
export type Call = { files: Map<string, UploadedFile>; gone: AbortSignal };

export type MethodTable = {
  [M in keyof Methods]?: (args: Args<M>, call: Call) => ReturnType<Methods[M]> | Promise<ReturnType<Methods[M]>>;
};
