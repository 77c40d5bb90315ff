export type UploadedFile = { name: string; bytes: Buffer };
export type FormParts = { fields: Record<string, string>; files: Map<string, UploadedFile> };

/**
 * Reads multipart/form-data the way the live service does: leniently. grammY writes file names without
 * quotes and no space after the colon, which `Response.formData()` refuses.
 */
export function parseMultipart(body: Buffer, contentType: string): FormParts {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) throw new Error("multipart body without a boundary");
  const parts: FormParts = { fields: {}, files: new Map() };
  const mark = Buffer.from(`--${boundary}`);
  for (let start = body.indexOf(mark); start >= 0; ) {
    const next = body.indexOf(mark, start + mark.length);
    if (next < 0) break;
    readPart(body.subarray(start + mark.length + 2, next - 2), parts);
    start = next;
  }
  return parts;
}

function readPart(part: Buffer, parts: FormParts): void {
  const headEnd = part.indexOf("\r\n\r\n");
  if (headEnd < 0) return;
  const head = part.subarray(0, headEnd).toString("utf8");
  const content = part.subarray(headEnd + 4);
  const disposition = /content-disposition:([^\r\n]*)/i.exec(head)?.[1] ?? "";
  const name = parameterIn(disposition, "name");
  const fileName = parameterIn(disposition, "filename");
  if (name === undefined) return;
  if (fileName === undefined) parts.fields[name] = content.toString("utf8");
  else parts.files.set(name, { name: fileName, bytes: Buffer.from(content) });
}

function parameterIn(disposition: string, key: string): string | undefined {
  const found = new RegExp(`;\\s*${key}=(?:"([^"]*)"|([^;]*))`, "i").exec(disposition);
  return found?.[1] ?? found?.[2]?.trim();
}
